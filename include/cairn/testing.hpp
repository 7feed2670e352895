// For the tests of programs that use Cairn: a fresh database for each test, and embeddings without a model.
// cairn/testing/gtest.hpp has the fixture for GoogleTest.
#pragma once

#include "cairn/testing/database.hpp"
#include "cairn/testing/embeddings.hpp"

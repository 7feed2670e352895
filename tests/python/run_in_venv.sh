#!/bin/sh
# Runs python of the virtual environment that CAIRN_TEST_VENV names; 77, CTest's "skipped", without one.
if [ -z "$CAIRN_TEST_VENV" ]; then
  echo "CAIRN_TEST_VENV is not set: python -m venv DIR, then DIR/bin/pip install -r tests/python/requirements.txt"
  exit 77
fi
exec "$CAIRN_TEST_VENV/bin/python" "$@"

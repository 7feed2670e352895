// A source of a checked target without SQL.
int plain() { return 0; }

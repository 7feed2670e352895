"""The system's libsqlite3 through ctypes: Python's own sqlite3 module is often built without loadable
extensions. Only what the tests need: a statement, with parameters and rows as Python values; blobs; a backup."""
import ctypes
import ctypes.util

ROW, DONE = 100, 101
TRANSIENT = ctypes.c_void_p(-1)

lib = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
for name in ("sqlite3_errmsg", "sqlite3_libversion"):
    getattr(lib, name).restype = ctypes.c_char_p
lib.sqlite3_column_blob.restype = ctypes.c_void_p
lib.sqlite3_column_int64.restype = ctypes.c_int64
lib.sqlite3_column_double.restype = ctypes.c_double
lib.sqlite3_column_text.restype = ctypes.c_void_p
lib.sqlite3_backup_init.restype = ctypes.c_void_p


class Error(Exception):
    def __init__(self, text, code):
        super().__init__(text)
        self.code = code


class Connection:
    def __init__(self, path):
        self.handle = ctypes.c_void_p()
        self._check(lib.sqlite3_open(path.encode(), ctypes.byref(self.handle)))

    def _check(self, code):
        if code not in (0, ROW, DONE):
            raise Error(lib.sqlite3_errmsg(self.handle).decode(), lib.sqlite3_extended_errcode(self.handle))
        return code

    def load_extension(self, path, entry=None):
        lib.sqlite3_enable_load_extension(self.handle, 1)
        message = ctypes.c_char_p()
        code = lib.sqlite3_load_extension(self.handle, path.encode(), entry and entry.encode(), ctypes.byref(message))
        if code:
            raise Error(message.value.decode() if message.value else f"cannot load {path}", code)

    def execute(self, sql, parameters=()):
        return list(self.rows(sql, parameters))

    def rows(self, sql, parameters=()):
        """One row after the other; the statement runs until the generator is closed or at its end."""
        statement = ctypes.c_void_p()
        self._check(lib.sqlite3_prepare_v2(self.handle, sql.encode(), -1, ctypes.byref(statement), None))
        try:
            for index, value in enumerate(parameters, 1):
                self._check(self._bind(statement, index, value))
            while self._check(lib.sqlite3_step(statement)) == ROW:
                yield tuple(self._column(statement, i) for i in range(lib.sqlite3_column_count(statement)))
        finally:
            lib.sqlite3_finalize(statement)

    @staticmethod
    def _bind(statement, index, value):
        if value is None:
            return lib.sqlite3_bind_null(statement, index)
        if isinstance(value, int):
            return lib.sqlite3_bind_int64(statement, index, ctypes.c_int64(value))
        if isinstance(value, float):
            return lib.sqlite3_bind_double(statement, index, ctypes.c_double(value))
        if isinstance(value, str):
            return lib.sqlite3_bind_text(statement, index, value.encode(), -1, TRANSIENT)
        return lib.sqlite3_bind_blob(statement, index, bytes(value), len(value), TRANSIENT)

    @staticmethod
    def _column(statement, index):
        kind = lib.sqlite3_column_type(statement, index)
        if kind == 1:
            return lib.sqlite3_column_int64(statement, index)
        if kind == 2:
            return lib.sqlite3_column_double(statement, index)
        if kind == 5:
            return None
        data = (lib.sqlite3_column_text if kind == 3 else lib.sqlite3_column_blob)(statement, index)
        value = ctypes.string_at(data, lib.sqlite3_column_bytes(statement, index)) if data else b""
        return value.decode() if kind == 3 else value

    @property
    def in_transaction(self):
        return not lib.sqlite3_get_autocommit(self.handle)

    def write_blob(self, schema, table, column, rowid, data, offset):
        blob = ctypes.c_void_p()
        names = (name.encode() for name in (schema, table, column))
        self._check(lib.sqlite3_blob_open(self.handle, *names, ctypes.c_int64(rowid), 1, ctypes.byref(blob)))
        try:
            self._check(lib.sqlite3_blob_write(blob, data, len(data), offset))
        finally:
            code = lib.sqlite3_blob_close(blob)
        self._check(code)  # the commit

    def overwrite(self, source):
        """With all of another Connection's main database."""
        backup = ctypes.c_void_p(lib.sqlite3_backup_init(self.handle, b"main", source.handle, b"main"))
        if not backup:
            self._check(lib.sqlite3_extended_errcode(self.handle))
        lib.sqlite3_backup_step(backup, -1)
        self._check(lib.sqlite3_backup_finish(backup))

    def close(self):
        lib.sqlite3_close_v2(self.handle)

# Runs once, before the snapshot is made, and leaves two functions: one that answers requests, a line of JSON in, a line
# of JSON out, and one that is told who knows time zones. What they take from the standard library they keep for
# themselves, since the code of a workflow may change any module.
def boot():
    import builtins
    import importlib.util
    import io
    import json
    import os
    import random
    import struct
    import sys
    import traceback
    import types
    import zoneinfo
    import zoneinfo._common

    NAME = "<python_function>"
    LARGEST_RESULT = 25_000_000
    MOST_CHARACTERS = 65_536
    MOST_LINES = 200
    LONGEST_MESSAGE = 2_000
    SYNTAX_TREE = 0x400  # ast.PyCF_ONLY_AST

    # Only neatness: what is hidden here can be found again, and leads nowhere, since the process has nothing to give.
    hidden = ("js", "pyodide_js", "_pyodide_core", "pyodide", "_pyodide", "ctypes", "_ctypes", "micropip")

    class NotHere:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.split(".")[0] in hidden:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    def wake():
        # The snapshot holds the chance of the day it was made.
        random.seed()
        for name in [name for name in sys.modules if name.split(".")[0] in hidden]:
            del sys.modules[name]
        sys.meta_path[:] = [one for one in sys.meta_path if "pyodide" not in type(one).__module__]
        sys.meta_path.insert(0, NotHere)

    class Printed(io.TextIOBase):
        def __init__(self):
            self.parts = []
            self.left = MOST_CHARACTERS
            self.lost = 0

        def writable(self):
            return True

        def write(self, text):
            kept = text[: self.left]
            if kept:
                self.parts.append(kept)
            self.left -= len(kept)
            self.lost += len(text) - len(kept)
            return len(text)

        def lines(self):
            lines = "".join(self.parts).splitlines()
            if len(lines) > MOST_LINES:
                lines[MOST_LINES:] = [f"… {len(lines) - MOST_LINES} more lines"]
            if self.lost > 0:
                lines.append(f"… {self.lost} more characters")
            return lines

    class Unfit(Exception):
        pass

    def find_handler(names, asked):
        if asked is not None:
            if callable(names.get(asked)):
                return names[asked]
            missing = asked
        else:
            if callable(names.get("process")):
                return names["process"]
            missing = "process"
        defined = [
            name
            for name, value in names.items()
            if type(value) is types.FunctionType and value.__code__.co_filename == NAME and value.__name__ == name
        ]
        if asked is None and len(defined) == 1:
            return names[defined[0]]
        if not defined:
            raise Unfit(f"the code defines no function: write def {missing}(event): …")
        raise Unfit(f"the code has no function {missing}, it defines {', '.join(defined)}: name one with handler")

    def to_json(value, handler):
        if type(value) is types.CoroutineType:
            value.close()
            raise Unfit(f"{value.__name__} is asynchronous, and nothing here can be waited for: write def without async")
        try:
            text = json_dumps(value)
        except (TypeError, ValueError, RecursionError) as error:
            where = "".join(f", {note}" for note in reversed(getattr(error, "__notes__", [])))
            name = getattr(handler, "__name__", "the function")
            raise Unfit(f"{name} returned what is no JSON: {error}{where}"[:LONGEST_MESSAGE]) from None
        if len(text) > LARGEST_RESULT:
            size = len(text) / 1e6
            raise Unfit(f"the result is {size:.1f} MB as JSON, more than the {LARGEST_RESULT // 1_000_000} MB it may be")
        return text

    def describe(error, code):
        if isinstance(error, Unfit):
            return {"message": str(error), "type": None, "line": None}
        line = None
        if isinstance(error, SyntaxError) and error.filename == NAME:
            line, words = error.lineno, error.msg
        else:
            for frame, number in walk_tb(error.__traceback__):
                if frame.f_code.co_filename == NAME:
                    line = number
            try:
                words = str(error)
            except BaseException:
                words = ""
        message = type(error).__name__ + (f": {words}" if words else "")
        if line is not None:
            lines = code.splitlines()
            text = lines[line - 1].strip()[:200] if line <= len(lines) else ""
            message = f"{message[:LONGEST_MESSAGE]} (line {line}{': ' + text if text else ''})"
        return {"message": message[: LONGEST_MESSAGE + 300], "type": type(error).__name__, "line": line}

    compiled = {}
    json_loads, walk_tb, find_spec = json.loads, traceback.walk_tb, importlib.util.find_spec
    encoder = json.JSONEncoder(allow_nan=False, separators=(",", ":"))
    json_dumps = encoder.encode

    def answer(request):
        code = request["code"]
        printed = Printed()
        silence = sys.stdout
        sys.stdout = sys.stderr = printed
        try:
            os.environ.clear()
            os.environ.update(request["env"])
            program = compiled.get(code)
            if program is None:
                program = compiled[code] = compile(code, NAME, "exec", dont_inherit=True)
            names = {"__name__": "__python_function__", "__builtins__": builtins}
            exec(program, names)
            handler = find_handler(names, request["handler"])
            tail = '"value":' + to_json(handler(request["event"]), handler)
        except BaseException as error:
            tail = '"error":' + json_dumps(describe(error, code))
        finally:
            sys.stdout = sys.stderr = silence
        return '{"printed":' + json_dumps(printed.lines()) + "," + tail + "}"

    def problems_of(codes):
        found = []
        for index, code in enumerate(codes):
            try:
                compile(code, NAME, "exec", dont_inherit=True)
                statements = compile(code, NAME, "exec", SYNTAX_TREE, dont_inherit=True).body
            except BaseException as error:
                line, column = (getattr(error, name, None) or 1 for name in ("lineno", "offset"))
                words = f"{type(error).__name__}: {getattr(error, 'msg', error)}"[:LONGEST_MESSAGE]
                found.append({"index": index, "line": max(line, 1), "column": max(column, 1), "message": words})
                continue
            for line, column, name in imports_in(statements):
                if not is_here(name):
                    words = f"ModuleNotFoundError: No module named {name!r}: the standard library is all there is"
                    found.append({"index": index, "line": line, "column": column + 1, "message": words})
        return '{"problems":' + json_dumps(found) + "}"

    def imports_in(statements):
        """What the code imports whenever it runs: not below an `if`, a `try` or a function."""
        for one in statements:
            kind = type(one).__name__
            if kind == "Import":
                for alias in one.names:
                    yield one.lineno, one.col_offset, alias.name.split(".")[0]
            elif kind == "ImportFrom" and one.module and one.level == 0:
                yield one.lineno, one.col_offset, one.module.split(".")[0]

    def is_here(name):
        try:
            return find_spec(name) is not None
        except ImportError:
            return False
        except ValueError:
            return True

    zone_changes = None

    def use_zones(known):
        nonlocal zone_changes
        zone_changes = known

    def load_zone(key):
        text = zone_changes(key)
        if text is None:
            raise zoneinfo.ZoneInfoNotFoundError(f"No time zone found with key {key}")
        return io.BytesIO(zone_file(json_loads(text)))

    def zone_file(changes):
        """The form that the module reads (RFC 8536), version 2 with nothing in its first part."""
        kinds = list(dict.fromkeys((offset, summer, name) for _, offset, summer, name in changes))
        names = b"".join(name.encode() + b"\0" for _, _, name in kinds)
        starts = [sum(len(name) + 1 for _, _, name in kinds[:at]) for at in range(len(kinds))]
        later = changes[1:]
        return b"".join(
            [
                struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 0, 0),
                struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, len(later), len(kinds), len(names)),
                *(struct.pack(">q", since) for since, *_ in later),
                *(struct.pack("B", kinds.index((offset, summer, name))) for _, offset, summer, name in later),
                *(struct.pack(">lBB", kind[0], kind[1], start) for kind, start in zip(kinds, starts)),
                names,
                b"\n\n",
            ]
        )

    zoneinfo._common.load_tzdata = load_zone

    awake = False

    def answer_line(line):
        nonlocal awake
        if not awake:
            awake = True
            wake()
        try:
            request = json_loads(line)
        except (ValueError, RecursionError) as error:
            unread = {"message": f"the input cannot be read as Python data: {error}", "type": None, "line": None}
            return '{"printed":[],"error":' + json_dumps(unread) + "}"
        return problems_of(request["compile"]) if "compile" in request else answer(request)

    return answer_line, use_zones


answer_line, use_zones = boot()

"""A seed in, C functions out that are hard to parse without knowing which names are types."""

from __future__ import annotations

from random import Random

DECLARATIONS = """
typedef unsigned char byte; typedef unsigned short half; typedef long T; typedef unsigned int U;
typedef volatile const U fixed; typedef T (*callback)(T);
typedef struct { int a; byte b[4]; T c; } S;
struct pair {
    int a : 5, b;
    union { int u; byte bytes[4]; };
    struct { half p, q; } in[2];
} __attribute__((packed));
struct ops { T (*fn)(S *, int), (*gn)(void); S *p; };
enum colour { RED, GREEN = 5, BLUE };
int g, *ptr, mat[2][3]; T t, (*fp)(T); U arr[8]; struct pair pr; S s; struct ops ops;
T f(T); int h(int, T);
"""

_TYPES = """T|U|byte|half|int|unsigned|long|unsigned char|short int|unsigned long long|long unsigned int|signed char|
_Bool|__typeof__(t)|typeof(arr[0])|enum colour|const T|volatile U|__typeof__(T)""".replace("\n", "").split("|")
_NUMBERS = r"""0|1|2|7|10|0x1f|017|0xffffffff|0x80000000|4294967295|2147483648|1UL|3u|5LL|0xfULL|'a'|'\n'|'\x41'|'\0'|
'\377'|0b101|0xffffffffffffffff|RED|BLUE|GREEN""".replace("\n", "").split("|")
_SIZED = ["arr", "pr", "s", "arr[1]", "f(1)"]
_FIELDS = ["struct pair, in[1].q", "S, b[2]", "struct pair, bytes[3]", "S, c", "struct pair, u"]


class Functions:
    """Writes functions at random."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._labels = 0

    def function(self, name: str) -> str:
        return f"T {name}(T x, int y)\n{{ {self._block(3, ['x', 'y', 'g', 't'], False)} return x; }}\n"

    def _one(self, choices: list[str]) -> str:
        return self._random.choice(choices)

    def _blank(self) -> str:
        return self._one(["", "", " "])

    # ── expressions ──

    def _value(self, depth: int, names: list[str]) -> str:
        name, number = self._one(names), self._one(_NUMBERS)
        if depth <= 0:
            return self._one([name, number, f"({name})", f"({number})"])
        writers = (self._operation, self._operation, self._cast, self._size, self._other, self._access)
        return self._random.choice(writers)(depth, names)

    def _operation(self, depth: int, names: list[str]) -> str:
        sign = self._one(["+", "-", "*", "&", "|", "^", "==", "!=", "<", ">=", "&&", "||"])
        left, right = self._value(depth - 1, names), self._value(depth - 2, names)
        name = self._one(names)
        forms = [
            f"{left}{self._blank()}{sign} {right}",
            f"({left}) << 3",
            f"({name}){self._blank()}{self._one(['-', '+', '*', '&'])} {right}",
            f"(f({left})){self._blank()}{self._one(['-', '&', '*', '+'])} {right}",
            f"(arr[{self._one(list('0123'))}]){self._blank()}{self._one(['-', '&', '*'])} {right}",
            f"({left} ? {right} : {name})",
            f"({right}, {left})",
            f"({self._place(depth, names)} {self._one(['=', '+=', '^=', '|=', '-=', '&='])} {right})",
            f"{self._one(['++', '--'])}{name}",
            f"{name}{self._one(['++', '--'])}",
            f"{self._one(['-', '~', '!', '+'])}{self._blank()}({left})",
        ]
        return self._one(forms)

    def _cast(self, depth: int, names: list[str]) -> str:
        type_, name, inner = self._one(_TYPES), self._one(names), self._value(depth - 1, names)
        forms = [
            f"({type_}){self._blank()}{self._one(['-', '~', '!', '+'])}{self._blank()}{name}",
            f"({type_})({inner})",
            f"({type_})({name}){self._blank()}{self._one(['-', '&', '*', '+'])}{self._blank()}{name}",
            f"*({self._one(['', 'volatile '])}{self._one(['int', 'U'])} *)&{self._one(['g', 'arr[2]', 'pr.b'])}",
            "((fixed *)arr)[1] + (U)-1",
            "((struct pair *)(void *)arr)->in[1].q - ((S *)ptr)->b[2]",
            f"((callback)(&f))({inner})",
        ]
        return self._one(forms)

    def _size(self, depth: int, names: list[str]) -> str:
        type_, name = self._one(_TYPES), self._one(names)
        sign = self._one(["*", "-", "&", "+"])
        forms = [
            f"sizeof({type_}){self._blank()}{sign}{self._blank()}{name}",
            f"sizeof{self._blank()}({self._one(names + _SIZED)}){self._blank()}{sign} {name}",
            f"sizeof {self._one([*names, 'arr', 's.b', 'pr.in[1]', '*ptr', '(T)1', '-t'])}",
            f"{self._one(['offsetof', '__builtin_offsetof'])}({self._one(_FIELDS)})",
        ]
        return self._one(forms)

    def _other(self, depth: int, names: list[str]) -> str:
        name, inner = self._one(names), self._value(depth - 2, names)
        forms = [
            f"({{ {self._one(['T', 'int', f'typeof({name})'])} inner = {inner}; inner; }})",
            f"((struct pair){{ .b = {inner}, .in[1].q = 2, .u = 4 }}).b",
            f"(S){{ {inner}, {{ [1] = 3, 4 }}, .c = 5 }}.{self._one(['a', 'c'])}",
            f"(int []){{ 1, {inner}, 3 }}[2]",
            f"f({inner}) + (h)({name}, ({self._one(_TYPES)}){name})",
            f"(*{self._one(['fp', '&f', '(fp)'])})({inner}){self._blank()}{self._one(['-', '*', '&'])}{name}",
        ]
        return self._one(forms)

    def _access(self, depth: int, names: list[str]) -> str:
        forms = [self._place(depth, names), "mat[1][(T)1]", f"mat[0][(T)({self._one(names)} & 1)]", "ops.fn(&s, 2)"]
        return self._one([*forms, "(ops.p)->a"])

    def _place(self, depth: int, names: list[str]) -> str:
        index = self._value(depth - 2, names)
        forms = [f"arr[({index}) & 7]", "pr.b", "pr.in[1].q", "s.c", "(*ptr)", "(&pr)->u", f"*&{self._one(names)}"]
        return self._one([*forms, *names])

    # ── statements ──

    def _block(self, depth: int, names: list[str], loop: bool) -> str:
        names, here, lines = list(names), set[str](), []
        for _ in range(self._random.randrange(1, 5)):
            name = self._one(["x", "y", "z", "g", "t", "w"])
            if self._random.random() < 0.35 and name not in here:
                here.add(name)
                others = [other for other in names if other != name] or ["g"]
                type_ = self._one(["T", "int", "U", "byte", "unsigned long"])
                lines.append(f"{type_} {name} = {self._value(2, others)};")
                names = [*others, name]
            else:
                lines.append(self._statement(depth, names, loop))
        return "{ " + " ".join(lines) + " }"

    def _statement(self, depth: int, names: list[str], loop: bool) -> str:
        simple = f"{self._place(2, names)} = {self._value(3, names)};"
        if depth <= 0 or self._random.random() < 0.3:
            return self._one([simple, f"f({self._value(3, names)});", ";"])
        test, name = self._value(2, names), self._one(names)
        inner = self._statement(depth - 1, names, False)
        block = self._block(depth - 1, names, True)
        self._labels += 1
        out = f"out{self._labels}"
        forms = [
            f"if ({test}) {inner}",
            f"if ({test}) {inner} else {block}",
            f"if ({name}) ({name}){self._one(['++', '--', ' = 3', ' -= 4'])};",
            f"for (int i = 0, k = 3; i < 3; i++, k--) {block}",
            f"while ({test}) {block}",
            f"do {inner} while ({test});",
            f"switch ({test}) {{ case 1 ... 3: {inner} case (GREEN): case BLUE + 2: break; default: {inner} }}",
            f"return ({test}){self._one(['', ' - 1', ' & 3'])};",
            f"{{ if ({test}) goto {out}; x = 3; {out}: {block} }}",
            block,
        ]
        chosen = self._one([*forms, "break;", "continue;"] if loop else forms)
        # A statement that stands twice in the text may not define a label twice.
        return simple if chosen.count(inner) > 1 and ":" in inner else chosen

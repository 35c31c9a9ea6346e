"""C computes on one CPU what the C standard and gcc say it computes."""

from __future__ import annotations

import pytest

from tests.frontends.c.running import check_holds


@pytest.mark.parametrize(
    ("body", "outside"),
    [
        ("u8 x = 255; x++; assert(x == 0);", ""),
        ("u8 a = 200, b = 100; assert(a + b == 300); assert((u8)(a + b) == 44);", ""),
        ("int x = -1; unsigned y = 1; assert(x > y);", ""),
        ("s8 x = -128; assert(-x == 128);", ""),
        ("u32 p = 0xffffffff, q = 1; assert(p + q == 0 && q - p == 2);", ""),
        ("u64 p = 0xffffffff; u32 q = 1; assert(p + q == 0x100000000);", ""),
        ("assert(-7 / 2 == -3 && -7 % 2 == -1 && -7 >> 1 == -4);", ""),
        ("assert(sizeof(int) == 4 && sizeof(long) == 8 && sizeof(char *) == 8 && sizeof(bool) == 1);", ""),
        ("bool b = 256; assert(b == 1); b = 0; assert(!b);", ""),
        ("int x = 5; int y = x++ + 1; assert(x == 6 && y == 6); y = --x; assert(y == 5);", ""),
        ("int x = 0; int y = !x++; assert(x == 1 && y == 1); y = -x--; assert(x == 0 && y == -1);", ""),
        ("int x = 3; x += 4; x <<= 2; x ^= 1; x %= 10; assert(x == 9);", ""),
        ("int a = 0; int r = a && (a = 7); assert(r == 0 && a == 0); r = a || (a = 7); assert(r == 1 && a == 7);", ""),
        ("int a = 1; int r = a ? (a = 5, 10) : 20; assert(r == 10 && a == 5);", ""),
        ("int n = 0; int r = (n++, n++, n); assert(r == 2);", ""),
        ("int a = 0; assert((a ?: 9) == 9); a = 4; assert((a ?: 9) == 4);", ""),
        ("int a = 2; int b = ({ int a = 5; a + 1; }); assert(a == 2 && b == 6);", ""),
        ("typeof(1UL) x = 0; x--; assert(x == 0xffffffffffffffff);", ""),
        ("assert(min(3, 5) == 3 && max(3, 5) == 5 && min(min(4, 2), 3) == 2);", ""),
        ("assert(round_up(9, 8) == 16 && ALIGN(16, 8) == 16);", ""),
        ("assert(RED == 0 && BLUE == 7 && GREEN == 8);", "enum colour { RED, BLUE = 7, GREEN };"),
        ("enum colour c = GREEN; assert(c == 1 && sizeof(c) == 4);", "enum colour { RED, GREEN };"),
        ("assert(1 ? 1 : 1 / 1);", ""),
        ("assert('A' == 65 && 0x10 == 16 && 010 == 8);", ""),
    ],
)
def test_arithmetic_is_that_of_c(body: str, outside: str) -> None:
    check_holds(body, outside)


STRUCTURES = """
struct inner { u8 a; u32 b; };
struct outer { u16 first; struct inner in; union { u32 whole; u32 other; }; char tail[3]; struct outer *next; };
struct __attribute__((packed)) tight { u8 a; u32 b; };
struct flexible { u32 length; u16 data[]; };
"""


@pytest.mark.parametrize(
    "body",
    [
        "assert(sizeof(struct inner) == 8 && offsetof(struct inner, b) == 4);",
        "assert(offsetof(struct outer, in) == 4 && offsetof(struct outer, in.b) == 8);",
        "assert(offsetof(struct outer, other) == 12 && offsetof(struct outer, tail[2]) == 18);",
        "assert(offsetof(struct outer, next) == 24 && sizeof(struct outer) == 32);",
        "assert(sizeof(struct tight) == 5 && offsetof(struct tight, b) == 1);",
        "assert(sizeof(struct flexible) == 4);",
        "struct inner x = { 1, 2 }; struct inner y; y = x; y.a = 9; assert(x.a == 1 && y.a == 9 && y.b == 2);",
        "struct inner x = { .b = 5 }; assert(x.a == 0 && x.b == 5);",
        "struct outer x = { 1, 2, 3, 4, { 5, 6, 7 } }; assert(x.in.a == 2 && x.in.b == 3 && x.whole == 4);",
        "struct outer x = { 1, 2, 3, 4, 5, 6, 7 }; assert(x.tail[0] == 5 && x.tail[2] == 7);",
        "struct outer x = {}; x.whole = 3; assert(x.other == 3);",
        "struct inner x[2] = { [1] = { 3, 4 } }; assert(x[0].b == 0 && x[1].b == 4);",
        "struct inner x = (struct inner){ 7, 8 }; assert(x.b == 8);",
        "int a[4] = { 1, 2 }; a[3] = 9; int s = 0; for (int i = 0; i < 4; i++) s += a[i]; assert(s == 12);",
        "int a[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } }; assert(a[1][0] == 4 && *(*(a + 1) + 2) == 6);",
        "int a[3] = { 1, 2, 3 }; int *p = &a[1]; assert(p[1] == 3 && *(p - 1) == 1 && p - a == 1);",
        "int a[3] = { 1, 2, 3 }, s = 0; for (int *p = a; p < a + 3; p++) s += *p; assert(s == 6);",
        "struct inner x = { 1, 2 }; u32 *p = &x.b; assert(container_of(p, struct inner, b)->a == 1);",
        "char text[] = \"ab\"; assert(sizeof(text) == 3 && text[1] == 'b' && text[2] == 0);",
        "struct inner a = { 1, 2 }, b; memcpy(&b, &a, sizeof(a)); assert(b.a == 1 && b.b == 2);",
        "u32 a[2] = { 1, 2 }; memset(a, 0xff, sizeof(a)); assert(a[1] == 0xffffffff);",
        "struct inner x = { 1, 2 }, y = { 3, 4 }; struct inner z = x.a == 1 ? y : x; assert(z.b == 4);",
    ],
)
def test_structures_lie_and_are_copied_as_in_c(body: str) -> None:
    check_holds(body, STRUCTURES)


FUNCTIONS = """
struct pair { int a, b; };
static int twice(int x) { return 2 * x; }
static void put(int *where, int what) { *where = what; }
static struct pair swapped(struct pair p) { int t = p.a; p.a = p.b; p.b = t; return p; }
static int apply(int (*f)(int), int x) { return f(x); }
static int early(int x) { if (x < 0) return -1; if (x == 0) return 0; return 1; }
static const struct ops { int (*run)(int); } table = { .run = twice };
static int through(const struct ops *ops, int x) { return ops->run(x); }
static int first(int *p) { return *p; }
static int *second(int *p) { return p + 1; }
"""


@pytest.mark.parametrize(
    "body",
    [
        "assert(twice(twice(3)) == 12);",
        "int x = 1; put(&x, 5); assert(x == 5);",
        "int x[2] = { 1, 2 }; put(&x[1], 5); assert(x[0] == 1 && x[1] == 5);",
        "int i = 1, x[2] = { 1, 2 }; put(&x[i], 5); assert(x[0] == 1 && x[1] == 5);",
        "struct pair p = { 1, 2 }; struct pair q = swapped(p); assert(p.a == 1 && q.a == 2 && swapped(q).a == 1);",
        "assert(apply(twice, 4) == 8);",
        "assert(early(-5) == -1 && early(0) == 0 && early(3) == 1);",
        "assert(through(&table, 5) == 10);",
        "int x[2] = { 1, 2 }; assert(first(second(x)) == 2);",
        "int x = 1, y = 2, *p = &x; p = &y; *p = 3; assert(x == 1 && y == 3);",
        "int x = 1, y = 2, c = 1; int *p = c ? &x : &y; *p = 3; assert(x == 3);",
        "int x = 1, *p = &x, **q = &p; **q = 4; assert(x == 4);",
        "int a = 1, b = 2; swap(a, b); assert(a == 2 && b == 1);",
    ],
)
def test_functions_get_and_give_values_as_in_c(body: str) -> None:
    check_holds(body, FUNCTIONS)


@pytest.mark.parametrize(
    "body",
    [
        "int s = 0; for (int i = 0; i < 4; i++) { if (i == 1) continue; if (i == 3) break; s += i; } assert(s == 2);",
        "int i = 0; do i++; while (i < 3); assert(i == 3);",
        "int n = 0; do { n++; if (n) break; n = 9; } while (0); assert(n == 1);",
        "int n = 0; do { n++; continue; } while (0); assert(n == 1);",
        "int n = 0; while (1) { if (++n == 3) break; } assert(n == 3);",
        "int n = 0; again: n++; if (n < 3) goto again; assert(n == 3);",
        "int n = 0; goto out; n = 1; out: assert(n == 0);",
        "int n = 0, m = 0; again: n++; if (n == 2) { m = 1; goto done; } goto again; done: assert(n == 2 && m == 1);",
        "int r = 0; switch (2) { case 1: r = 1; break; case 2: r = 2; case 3: r += 10; break; default: r = 9; }"
        " assert(r == 12);",
        "int r = 0, x = choose(0, 7); switch (x) { case 0: r = 1; break; default: r = 2; } assert(r == (x ? 2 : 1));",
        "int r = 0, x = nondet(0, 9);"
        " switch (x) { case 2 ... 4: r = 1; break; case 5: case 6: r = 2; }"
        " assert(r == (x < 2 || x > 6 ? 0 : x < 5 ? 1 : 2));",
        "int n = 0; for (int i = 0; i < 3; i++) { switch (i) { case 1: continue; } n++; } assert(n == 2);",
        "int x = nondet(0, 3); assume(x > 1); assert(x == 2 || x == 3);",
        "if (0) { int y = 1; assert(y == 2); }",
    ],
)
def test_control_flow_is_that_of_c(body: str) -> None:
    check_holds(body)


@pytest.mark.parametrize(
    "body",
    [
        "int x = 1; assert((x = 2) + x == 4);",
        "assert(*(volatile int *)&shared == 5); flagged; assert(flagged == 3);",
        "u16 *half = (u16 *)&word; assert(half != NULL && (uintptr_t)half == (uintptr_t)&word);",
        "u8 *p = (u8 *)&area[0]; *(u64 *)(p + 8) = 7; assert(*(u64 *)&area[8] == 7);",
        "int *p = &pair.b; *p = 4; assert(container_of(p, struct pair, b) == &pair && pair.b == 4);",
        "struct pair *p = &pair; *p = (struct pair){ 8, 9 }; struct pair q = *p; assert(q.a == 8 && pair.b == 9);",
        "u32 i = 1; many[i].b = 3; many[i].a += 2; many[0].a--; assert(many[1].a == 2 && many[0].a == -1);",
        "pair.a = 1; pair.a <<= 3; assert(pair.a++ == 8 && pair.a == 9 && --pair.a == 8);",
        "u8 *end = area + sizeof(area); assert(end - area == 16 && &area[16] == end);",
        "many[0] = many[1] = (struct pair){ 1, 2 }; assert(many[0].b == 2);",
        "atomic_t v = ATOMIC_INIT(3); atomic_inc(&v); assert(atomic_read(&v) == 4);",
        "int old = 5; assert(try_cmpxchg(&shared, &old, 6) && READ_ONCE(shared) == 6);",
        "int old = 1; assert(!try_cmpxchg(&shared, &old, 6) && old == 5);",
    ],
)
def test_shared_memory_is_accessed_as_the_pointer_says(body: str) -> None:
    outside = """
    int shared = 5; volatile int flagged = 3; u32 word; u8 area[16] __attribute__((aligned(8)));
    struct pair { int a, b; } pair, many[2];
    """
    check_holds(body, outside)


@pytest.mark.parametrize(
    "body",
    [
        "u32 x = 0x01020304; assert(x + (x += 1) == 0x02040609);",
        "int x = 1; assert(x + (x = READ_ONCE(shared)) == 6);",
        "int x = 1; assert(add(x, x = 5) == 6);",
    ],
)
def test_what_c_leaves_open_is_taken_from_left_to_right(body: str) -> None:
    check_holds(body, "int shared = 5; static int add(int a, int b) { return a + b; }")

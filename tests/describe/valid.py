#!/usr/bin/env python3
"""Reads the printed flows with the tools of others: JSON with python, DOT with Graphviz where it is installed.

usage: valid.py PRINT [DOT]        PRINT: the program of print.cpp; DOT: Graphviz' dot
"""
import json
import subprocess
import sys


def flow(program, model, form):
    return subprocess.run([program, model, form], check=True, stdout=subprocess.PIPE).stdout.decode()


def name(graph, index):
    return graph["nodes"][index]["name"]


def check_json(program):
    shop = json.loads(flow(program, "shop", "json"))
    kinds = [node["kind"] for node in shop["nodes"]]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "aggregate": 2, "command": 5, "event": 6, "old_version": 1, "rejection": 2, "view": 2, "reactor": 2}, kinds
    sent = {(name(shop, e["from"]), name(shop, e["to"]), name(shop, e["via"])) for e in shop["edges"] if e["kind"] == "sends"}
    assert sent == {("reserving", "reserve", "order.placed"), ("reserving", "cancel", "stock.out_of_stock"),
                    ("releasing", "release", "order.cancelled")}, sent
    hostile = json.loads(flow(program, "hostile", "json"))
    assert [node["name"] for node in hostile["nodes"]] == ["end\\", "make", 'a "b" \\ <c> & d', "#1; `e`\n\x01\x10"], hostile
    assert json.loads(flow(program, "nothing", "json")) == {"nodes": [], "edges": []}


def check_dot(program, dot):
    expected = {"shop": ["order.placed v2", "cancel or nothing"], "hostile": ["&quot;b&quot;", "&lt;c&gt; &amp; d"], "nothing": []}
    for model, words in expected.items():
        drawn = subprocess.run([dot, "-Tsvg"], input=flow(program, model, "dot").encode(), check=True, capture_output=True)
        assert drawn.stderr == b"", drawn.stderr
        for word in words:
            assert word in drawn.stdout.decode().replace("&#160;", " "), f"{model}: {word} is not in the drawing"


if __name__ == "__main__":
    check_json(sys.argv[1])
    if len(sys.argv) > 2:
        check_dot(sys.argv[1], sys.argv[2])

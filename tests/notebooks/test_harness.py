"""Tests of the harness itself: it must see what differs, and only that."""

import base64
import copy
import struct
import unittest

import conventions
import figures
import mutants
import outputs


def printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": [text]}


def result(text, **data):
    return {"output_type": "execute_result", "metadata": {}, "data": {"text/plain": text, **data}}


def error(text):
    return {"output_type": "error", "ename": "E", "evalue": text, "traceback": []}


def code(name, text, *out, tags=()):
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": text,
            "execution_count": 1, "outputs": list(out)}


def notebook(*cells):
    return {"cells": list(cells), "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": conventions.KERNEL}}


def png(width, height):
    header = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    return base64.b64encode(header + struct.pack(">II", width, height)).decode()


def compare(before, after):
    """What differs where one output takes the place of another."""
    expected = outputs.expectation(notebook(code("a", "", before)))
    return list(outputs.differences(expected, notebook(code("a", "", after))))


class Differences(unittest.TestCase):

    def test_equal_outputs_do_not_differ(self):
        self.assertEqual([], compare(printed("accuracy 0.612 of 1,600"),
                                     printed("accuracy 0.612 of 1,600")))

    def test_a_real_number_may_move_by_its_tolerance_and_no_more(self):
        self.assertEqual([], compare(printed("accuracy 0.612"), printed("accuracy 0.624")))
        self.assertEqual(1, len(compare(printed("accuracy 0.612"), printed("accuracy 0.626"))))

    def test_a_rounding_error_may_be_another(self):
        self.assertEqual([], compare(printed("differs by 9.5e-07"), printed("differs by 1.7e-06")))
        self.assertEqual(1, len(compare(printed("differs by 9.5e-07"), printed("differs by 2e-05"))))

    def test_a_whole_number_must_agree(self):
        self.assertEqual(["cell a, output 1, number 1: expected 1600 within 0, found 1601"],
                         compare(printed("1,600 images"), printed("1601 images")))

    def test_a_number_that_is_none_differs(self):
        self.assertTrue(compare(printed("AUC 0.5"), printed("AUC NaN")))

    def test_words_missing_and_new_outputs_differ(self):
        self.assertTrue(compare(printed("kNN 0.5"), printed("SVM 0.5")))
        self.assertTrue(compare(printed("a"), result("a")))
        expected = outputs.expectation(notebook(code("a", "", printed("x"))))
        self.assertTrue(list(outputs.differences(expected, notebook(code("a", "")))))
        self.assertTrue(list(outputs.differences(expected, notebook(code("b", "", printed("x"))))))
        more = notebook(code("a", "", printed("x")), code("b", "", printed("y")))
        self.assertTrue(list(outputs.differences(expected, more)))

    def test_picture_sizes_and_types_are_compared(self):
        one = result("chart", **{"image/png": png(860, 600)})
        self.assertEqual([], compare(one, copy.deepcopy(one)))
        other = result("chart", **{"image/png": png(860, 601)})
        self.assertEqual(["cell a, output 1, picture sizes: expected {'image/png': [860, 600]},"
                          " found {'image/png': [860, 601]}"], compare(one, other))
        self.assertTrue(compare(one, result("chart")))

    def test_what_changes_from_run_to_run_is_left_out(self):
        self.assertEqual([], compare(
            printed("\x1b[32mtook 1.5 s\x1b[0m, 120 images/s, Thing@1a2b3c4d in /tmp/a/b.txt"),
            printed("took 12.25 s, 7 images/s, Thing@99ffee in /home/me/c.txt")))
        self.assertEqual([], compare(printed("md5 d41d8cd98f00b204e9800998ecf8427e"),
                                     printed("md5 750601b1f35ba3300ea97c75c52ff8f6")))

    def test_progress_is_left_out(self):
        progress = result("embed: 3/4")
        progress["metadata"] = {outputs.PROGRESS_MARK: True}
        self.assertEqual([], outputs.summary(code("a", "", progress)))

    def test_of_a_machine_cell_only_the_types_are_kept(self):
        cell = code("a", "", result("java 25.0.1"), tags=["machine"])
        self.assertEqual([{"types": ["text/plain"]}], outputs.summary(cell))

    def test_renewing_keeps_a_tolerance_set_by_hand(self):
        first = outputs.expectation(notebook(code("a", "", printed("0.512 of 40"))))
        first["cells"][0]["tolerance"] = 0.1
        again = outputs.expectation(notebook(code("a", "", printed("0.612 of 40"))), first)
        self.assertEqual([[0.612, 0.1], [40, 0.1]], again["cells"][0]["outputs"][0]["numbers"])
        self.assertEqual(0.1, again["cells"][0]["tolerance"])

    def test_spacing_that_follows_the_width_of_numbers_is_left_out(self):
        self.assertEqual([], compare(printed("class  F1\na  0.999"), printed("class F1\na 1.000")))


class Mutants(unittest.TestCase):

    CHECK = 'Check.near("a, b (c)", f(x, 1), budget.pick(0.5, 0.6), 0.1)'

    def test_the_expected_number_is_changed_both_ways(self):
        cells = mutants.with_mutants(notebook(code("c", self.CHECK, tags=["check"])))["cells"]
        self.assertEqual(3, len(cells))
        self.assertEqual(self.CHECK, cells[0]["source"])
        self.assertIn("f(x, 1), ((budget.pick(0.5, 0.6)) == 0 ? 3 * (0.1) : 1.25 *",
                      cells[1]["source"])
        self.assertTrue(cells[1]["source"].endswith("(budget.pick(0.5, 0.6))), 0.1)"))
        self.assertIn("0.75", cells[2]["source"])

    def test_each_call_of_a_cell_has_its_mutants(self):
        cell = code("c", self.CHECK + ";\n" + self.CHECK, tags=["check"])
        self.assertEqual(4, len(list(mutants.mutants(cell))))

    def test_a_mutant_that_passes_or_fails_otherwise_is_reported(self):
        cells = mutants.with_mutants(notebook(code("c", self.CHECK, tags=["check"])))["cells"]
        cells[1]["outputs"] = [error("java.lang.AssertionError, a is 0.5, expected 0.6 within 0.1")]
        cells[2]["outputs"] = [error("cannot find symbol")]
        left, survivors = mutants.take_out(notebook(*cells))
        self.assertEqual(["c"], [cell["id"] for cell in left["cells"]])
        self.assertEqual(1, len(survivors))
        self.assertIn("smaller", survivors[0])


class Figures(unittest.TestCase):

    def test_the_readme_shows_what_the_notebooks_show(self):
        for name, (notebook, cell_id) in figures.FIGURES.items():
            shown = (figures.FOLDER / (name + ".png")).read_bytes()
            self.assertEqual(figures.picture(notebook, cell_id), shown, "run figures.py")

    def test_they_are_small(self):
        self.assertLess(sum(f.stat().st_size for f in figures.FOLDER.iterdir()), 400_000)


class Conventions(unittest.TestCase):

    def broken(self, *cells):
        return " ".join(conventions.problems(notebook(*cells), "", is_solution=True))

    def test_long_cells_types_and_hidden_code_are_refused(self):
        self.assertEqual("", self.broken(code("a", "1 + 1")))
        self.assertIn("11 lines", self.broken(code("a", "\n".join("x%d" % i for i in range(11)))))
        self.assertIn("defines a type", self.broken(code("a", "record Pair(int a, int b) {}")))
        self.assertIn("hidden", self.broken(code("a", "%load other.java")))

    def test_a_check_needs_its_tag(self):
        self.assertIn("tag", self.broken(code("a", "Check.near(...)")))
        self.assertIn("tag", self.broken(code("a", "x", tags=["check"])))

    def test_errors_and_cells_not_run_are_refused(self):
        self.assertIn("error", self.broken(code("a", "x", error("boom"))))
        self.assertIn("not run", self.broken(code("a", "x"), code("b", "y")))

    def test_machine_paths_hashes_and_size_are_refused(self):
        def found(text):
            return " ".join(conventions.format_problems(notebook(), text))
        self.assertEqual("", found("train/17 and https://example.org/a/b"))
        self.assertIn("path", found("in /home/someone/x"))
        self.assertIn("hash", found("[F@3e45661b"))
        self.assertIn("bytes", found("x" * conventions.MOST_BYTES))

    def test_a_notebook_without_its_parts_is_refused(self):
        text = " ".join(conventions.problems(
            notebook({"cell_type": "markdown", "source": "# Title"}, code("a", "a\nb\nc\nd\ne"),
                     code("b", "a\nb\nc\nd\ne")), ""))
        for part in ("median", "demonstration", "budget", "check cell", "formula", "Goal", "Exercises"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()

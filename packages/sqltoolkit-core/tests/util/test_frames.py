"""Frames of libraries are passed over."""

from __future__ import annotations

import contextlib
import os
import sys

from sqltoolkit_core.util import frames


def test_the_nearest_frame_outside_of_hidden_folders(monkeypatch) -> None:
    monkeypatch.setattr(frames, "_hidden", frames._hidden)

    @contextlib.contextmanager
    def manager():
        # called by contextlib, which is called by this test
        yield frames.visible_frame(sys._getframe(1))

    here = sys._getframe()
    with manager() as found:
        assert found is here
    assert frames.visible_frame(None) is None
    frames.hide_frames(os.path.dirname(__file__))
    assert frames.visible_frame(here) is not here


def test_a_folder_with_a_longer_name_is_another(monkeypatch) -> None:
    monkeypatch.setattr(frames, "_hidden", ())
    frames.hide_frames(os.path.dirname(__file__)[:-1])
    here = sys._getframe()
    assert frames.visible_frame(here) is here


def test_lines_of_instructions() -> None:
    here = sys._getframe()
    noted = here.f_lasti
    line = here.f_lineno - 1
    assert frames.line_at(here.f_code, noted) == line
    assert frames.line_at(here.f_code, -1) == here.f_code.co_firstlineno


def test_places_of_programs(monkeypatch) -> None:
    monkeypatch.setattr(frames, "_hidden", frames._hidden)
    here = sys._getframe()
    site = frames.site_of(here)
    expected = "%s:%d in test_places_of_programs" % (__file__, here.f_lineno - 1)
    assert site is not None and frames.site_text(site) == expected
    assert frames.site_of(None) is None and frames.site_text(None) is None
    frames.hide_frames(os.path.dirname(__file__))
    assert frames.site_text(site) is None

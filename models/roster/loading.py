"""Files into the staging place: headings first, then each row, with every fault kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from models.roster.checks import Reader, pupil_row, staff_row
from models.roster.faults import Unreadable
from models.roster.headings import Kind, Layout, layout_of
from models.roster.reading import Progress, Sheet, opened
from models.roster.staging import Staging

_TELL_EVERY = 500


def load(files: Iterable[Path], staging: Staging, progress: Progress) -> dict[int, str]:
    """Reads all files. Returns, by source, how each sheet of pupils calls its column of mentors."""
    mentor_headings: dict[int, str] = {}
    for path in files:
        found = 0
        source: int | None = None
        try:
            with opened(path) as sheets:
                for sheet in sheets:
                    source = staging.source(path.name, sheet.title)
                    layout = _load_sheet(sheet, source, path.name, staging, progress)
                    if isinstance(layout, Layout) and layout.kind is Kind.PUPILS:
                        mentor_headings[source] = layout.heading("mentor_number")
                    found += layout is not None
                if not found:
                    source = staging.source(path.name, None)
                    raise Unreadable("the file is empty: expected headings and rows")
        except Unreadable as error:
            if source is None:
                source = staging.source(path.name, None)
            staging.fault(source, error.row, 0, None, value=None, expected=error.expected)
    return mentor_headings


def _load_sheet(sheet: Sheet, source: int, file: str, staging: Staging, progress: Progress) -> Layout | bool | None:
    """None for a sheet without cells, False for one whose headings are at fault."""
    layout: Layout | None = None
    reader: Reader | None = None
    row_number = 0
    rows = 0

    def report(column: str, value: object, expected: str) -> None:
        place = layout.headings.index(column) + 1 if layout and column in layout.headings else 99
        shown = None if value is None else str(value) if value != "" else ""
        staging.fault(source, row_number, place, column or None, value=shown, expected=expected)

    for row_number, row in sheet.rows:
        if _is_blank(row):
            continue
        if reader is None or layout is None:
            layout, faults = layout_of(row)
            if layout is None:
                for place, (heading, expected) in enumerate(faults):
                    staging.fault(source, row_number, place, heading, value=None, expected=expected)
                return False
            reader = Reader(layout, report)
            continue
        rows += 1
        reader.take(row)
        _load_row(reader, layout, source, row_number, staging)
        if rows % _TELL_EVERY == 0:
            progress(file, sheet.position(row_number), sheet.size)
    if layout is None:
        return None
    progress(file, sheet.size, sheet.size)
    if rows == 0:
        staging.fault(source, 0, 0, None, value=None, expected="there are headings but no rows")
    return layout


def _load_row(reader: Reader, layout: Layout, source: int, row: int, staging: Staging) -> None:
    # Rows with faults are kept too: nothing will be written, but what refers to them is no further fault.
    if layout.kind is Kind.PUPILS:
        pupil = pupil_row(reader)
        if pupil.number and all(pupil.place):
            twin = staging.add_pupil(source, row, pupil)
            if twin is not None:
                reader.refuse("pupil_number", pupil.number, f"this number stands already in {twin}")
    else:
        staff = staff_row(reader)
        if staff.number and staff.school:
            twin = staging.add_staff(source, row, layout.heading("roles"), staff, whole=not reader.faults)
            if twin is not None:
                reader.refuse("staff_number", staff.number, f"this number stands already in {twin}")


def _is_blank(row: Sequence[object]) -> bool:
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row)

"""Floor 2, edges: a story poured into the frames of page templates, page after page.

Knows where things go, not what they draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from lxml import etree

from docgen.errors import TemplateError
from docgen.limits import current_work
from docgen.render.pdf.layout.actions import (
    Indent,
    ItemIndent,
    NextFrame,
    NextPage,
    RoomBreak,
    SetNextFrame,
    SetNextTemplate,
    Steering,
)
from docgen.render.pdf.layout.blocks import TINY, Block, Sheet
from docgen.render.pdf.layout.edges import BeyondPage
from docgen.render.pdf.layout.frames import Frame, FramePlan
from docgen.render.pdf.layout.furniture import Furniture
from docgen.render.pdf.layout.keeping import ENDLESS, Container
from docgen.render.pdf.layout.keptnext import KeptWithNext
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.pagetemplates import Book, PageTemplate
from docgen.render.pdf.layout.parastyle import ParaStyle
from docgen.render.pdf.layout.sheetstyles import read_styles
from docgen.render.pdf.layout.wrong import WRONG, in_words
from docgen.render.pdf.overfull import Overfull, overfull

#: So many pages with nothing on them end the layout.
_EMPTY_PAGES = 10
#: So many blocks in a row that find no place end it too.
_IDLE_STEPS = 10_000
#: So often may a block be parted while neither it nor the room in its frame becomes smaller.
_STALLED_PARTS = 20
#: More pages than any letter or report has; a story that makes them does not end.
_MOST_PAGES = 20_000


class Flow:
    """A story on its way into pages."""

    def __init__(self, maker: Maker, book: Book, pages: etree._Element, first: PageTemplate) -> None:
        self._maker, self._book = maker, book
        self._furniture = Furniture(maker, pages)
        self._document = maker.document
        self._template = first
        self._next_template: PageTemplate | None = None
        self._next_frame: int | None = None
        self._size = book.size
        self._indents = (0.0, 0.0)
        self._page_due = True
        self._added = self._empty_pages = 0
        self._ahead: list[Block] = []  # the next block is the last
        self._postponed: Block | None = None
        self._kept_last: Block | None = None
        self._broken_before: Block | None = None
        self._rest: Block | None = None
        self._rest_height = self._rest_room = 0.0
        self._stalled = 0
        self._sheet: Sheet
        self._frame: Frame
        self._at = 0
        self._opened: dict[int, Frame] = {}
        self._number = 0
        maker.pouring = self

    @property
    def frame(self) -> Frame:
        """The frame being filled."""
        return self._frame

    def pour(self, blocks: Sequence[Block]) -> None:
        """Lay out a story. Raises TemplateError."""
        self._ahead = list(reversed(blocks))
        idle, check_time = 0, current_work().check_time
        while self._ahead:
            check_time()
            if self._page_due:
                self._begin_page()
            left, added = len(self._ahead), self._added
            block = self._ahead[-1]
            try:
                self._take()
            except WRONG as error:
                raise self._broken(block, error) from error
            idle = 0 if self._added != added or len(self._ahead) < left else idle + 1
            if idle > _IDLE_STEPS:
                raise self._overfull()
        if not self._number:  # a file without pages cannot be opened
            self._begin_page()
        if not self._page_due:
            self._end_page()
        self._furniture.finish()

    # --- blocks --------------------------------------------------------------------------------

    def _take(self) -> None:
        """Place the next block, or part of it, or end the frame before it."""
        if self._break_before(self._ahead[-1]):
            return
        self._keep_with_next()
        block = self._ahead.pop()
        if isinstance(block, Steering):
            self._steer(block)
        elif isinstance(block, (Indent, ItemIndent)):
            self._frame.indent(block.left, block.right)
        elif isinstance(block, RoomBreak):
            self._check_room(block)
        elif self._frame.add(block, self._sheet):
            self._added += 1
        else:
            self._part(block)

    def _break_before(self, block: Block) -> bool:
        """Whether a page or frame ends first, as the block's style asks; each block asks once."""
        style = getattr(block, "style", None)
        if not isinstance(style, ParaStyle) or not (style.page_break_before or style.frame_break_before):
            return False
        if block is self._broken_before:
            self._broken_before = None
            return False
        self._broken_before = block
        self._steer(NextPage() if style.page_break_before else NextFrame())
        return True

    def _keep_with_next(self) -> None:
        """Put blocks that are kept with the next one together with it."""
        ahead, count = self._ahead, 0
        while count < len(ahead) and ahead[-1 - count].keep_with_next and _can_be_kept(ahead[-1 - count]):
            count += 1
        if not count:
            return
        count += int(count < len(ahead) and _can_be_kept(ahead[-1 - count]))
        kept = [ahead.pop() for _ in range(count)]
        for block in kept[:-1]:
            block.keep_with_next = False
        # As in Platypus, what has nothing to be kept with is kept once more in the next frame; there, endlessly.
        kept[-1].keep_with_next = kept[-1].keep_with_next and kept[-1] is not self._kept_last
        self._kept_last = kept[-1]
        ahead += self._maker.trace([KeptWithNext(kept, self._maker)], self._maker.origin(kept[0]))

    def _part(self, block: Block) -> None:
        maker = self._maker
        parts = maker.trace(list(self._frame.split(block)), maker.origin(block))
        if not parts:
            self._postpone(block)
            return
        self._check_progress(block, parts[-1])
        if not isinstance(parts[0], Steering) and not getattr(parts[0], "flows_by_itself", False):
            self._place_first(parts.pop(0))
        self._ahead.extend(reversed(parts))

    def _place_first(self, part: Block) -> None:
        if isinstance(part, (Indent, ItemIndent)):
            self._frame.indent(part.left, part.right)
        elif isinstance(part, RoomBreak):
            self._check_room(part)
            return
        elif not self._frame.add(part, self._sheet):
            raise self._overfull(part)
        self._added += 1

    def _check_progress(self, block: Block, rest: Block) -> None:
        """End what is parted again and again and does not become smaller. Raises TemplateError."""
        room = self._frame.y
        if block is not self._rest:
            self._rest, self._rest_height, self._rest_room, self._stalled = rest, inf, room, 0
            return
        remaining = getattr(block, "remaining", None)  # long tables know without being measured to their end
        height = remaining() if remaining else block.wrap(self._frame.width, ENDLESS)[1]
        if height < self._rest_height - TINY:
            self._stalled = 0
        elif room > self._rest_room - TINY:
            self._stalled += 1
        self._rest, self._rest_height, self._rest_room = rest, height, room
        if self._stalled > _STALLED_PARTS:
            raise self._overfull(block)

    def _postpone(self, block: Block) -> None:
        if block is self._postponed:
            raise self._overfull(block)
        self._postponed = block
        self._ahead.append(block)
        self._end_frame()

    def _check_room(self, block: RoomBreak) -> None:
        height, _ = self._frame.room_for(block)
        if height <= 0:
            self._postpone(block)
            return
        self._frame.add(block, self._sheet)
        self._added += 1
        if height < block.height:
            self._ahead.append(NextFrame())

    def _broken(self, block: Block, error: Exception) -> TemplateError:
        """Return the fault of a block that cannot be measured or drawn."""
        element = self._maker.origin(block)
        element = _element_of(block) if element is None else element
        if element is None and isinstance(error, BeyondPage):
            return Overfull(str(error), where=self._maker.place(None))
        if element is None:
            return TemplateError(f"an element cannot be drawn: {in_words(error)}", where=self._maker.place(None))
        return self._maker.fault(element, f"<{element.tag}>: {in_words(error, element)}")

    def _overfull(self, block: Block | None = None) -> TemplateError:
        content = str(getattr(block, "beginning", ""))[:60]
        return overfull(self._maker.place(self._maker.origin(block)), str(self._number), content)

    # --- what steers ---------------------------------------------------------------------------

    def _steer(self, action: Steering) -> None:
        if isinstance(action, NextPage):
            self._end_page()
        elif isinstance(action, NextFrame):
            if action.name:
                self._next_frame = self._frame_index(action.name)
            self._end_frame()
        elif isinstance(action, SetNextFrame):
            self._next_frame = self._frame_index(action.name)
        elif isinstance(action, SetNextTemplate):
            self._next_template = self._find_template(action.name)

    def _frame_index(self, name: str | int) -> int:
        frames = self._template.frames
        names = [frame.name for frame in frames]
        if isinstance(name, int) and -len(frames) <= name < len(frames):
            return name
        if name in names:
            return names.index(str(name))
        page = self._template.name
        raise TemplateError(f'the page template "{page}" has no frame "{name}"', where=self._maker.place(None))

    def _find_template(self, name: str | int) -> PageTemplate:
        try:
            return self._book.find(name)
        except KeyError:
            raise TemplateError(f'there is no page template "{name}"', where=self._maker.place(None)) from None

    # --- frames and pages ----------------------------------------------------------------------

    def next_frame(self) -> FramePlan:
        """Return the frame that follows the one being filled."""
        frames = self._template.frames
        if self._next_frame is not None:
            return frames[self._next_frame]
        if self._at + 1 < len(frames):
            return frames[self._at + 1]
        template = self._next_template or (
            self._find_template(self._template.follower) if self._template.follower else self._template
        )
        return template.frames[0]

    def _end_frame(self) -> None:
        self._indents = self._frame.indents
        frames = self._template.frames
        if self._next_frame is not None:
            self._begin_frame(self._next_frame)
            self._next_frame = None
        elif self._at == len(frames) - 1:
            self._end_page()
        else:
            self._begin_frame(self._at + 1)

    def _begin_frame(self, index: int) -> None:
        self._at = index % len(self._template.frames)
        frame = self._opened.get(self._at)
        if frame is None:
            frame = self._opened[self._at] = Frame(self._template.frames[self._at])
        self._frame = frame
        if frame.plan.boundary and frame.at_top:
            plan = frame.plan
            box = f"{plan.left:.3f} {plan.bottom:.3f} {plan.width:.3f} {plan.height:.3f} re S\n"
            self._sheet.draw(f"q 0 0 0 RG {box}Q\n")
        frame.indents = self._indents

    def _begin_page(self) -> None:
        self._page_due = False
        if self._template.size is not None and not _about_equal(self._template.size, self._size):
            self._size = self._template.size
        elif self._template.size is None and not _about_equal(self._book.size, self._size):
            self._size = self._book.size
        self._number += 1
        if self._number > _MOST_PAGES:
            raise TemplateError(f"the document has more than {_MOST_PAGES:,} pages", where=self._maker.place(None))
        # As in Platypus, a page turned by a quarter has its sides exchanged, and its content stays where it was.
        sides = self._size[::-1] if self._book.rotation in (90, 270) else self._size
        self._sheet = self._document.new_sheet(sides[0], sides[1])
        self._sheet.rotation = self._book.rotation
        self._furniture.draw(self._sheet, self._template)
        self._opened = {}
        self._added = 0
        self._next_frame = None
        self._begin_frame(0)

    def _end_page(self) -> None:
        self._indents = self._frame.indents
        self._empty_pages = 0 if self._added else self._empty_pages + 1
        if self._empty_pages >= _EMPTY_PAGES:
            raise overfull(self._maker.place(None))
        if self._next_template is not None:
            self._template, self._next_template = self._next_template, None
        elif self._template.follower:
            # As in Platypus, what follows by itself is also what follows next.
            self._template = self._next_template = self._find_template(self._template.follower)
        self._page_due = True


def _element_of(block: Block) -> etree._Element | None:
    """Return what a block was made of, where it has kept it."""
    own: etree._Element | None = getattr(block, "_element", None)
    return own if own is not None else getattr(getattr(block, "_manner", None), "element", None)


def _can_be_kept(block: Block) -> bool:
    return not isinstance(block, (Container, Steering, RoomBreak))


def _about_equal(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return [int(side) for side in one] == [int(side) for side in other]


def lay_out(root: etree._Element, maker: Maker) -> None:
    """Lay out the document of a checked RML tree: fills `maker.document`.

    Raises:
        TemplateError: an element says something wrong, or does not fit any frame.
    """
    book = read_styles(root, maker)
    story = root.find("story")
    first = book.templates[0]
    if story.get("firstPageTemplate"):
        named: Iterable[PageTemplate] = (one for one in book.templates if one.name == story.get("firstPageTemplate"))
        first = next(iter(named), None) or _no_template(story, maker)
    Flow(maker, book, root.find("template"), first).pour(maker.flow(story))


def _no_template(story: etree._Element, maker: Maker) -> PageTemplate:
    raise maker.fault(story, f'<story>: there is no page template "{story.get("firstPageTemplate")}"')

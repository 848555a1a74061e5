"""Files of lists for tests, read as returns."""

from services.ingest.domain.returns.grid import Grid
from services.ingest.domain.returns.model import Choices, Finding, Kind, Meaning, Return
from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.sheets import text

JIRA = """
Summary,Issue key,Issue id,Issue Type,Status,Project key,Assignee,Due date,Resolved,Created,Sprint,Sprint,\
Inward issue link (Blocks),Inward issue link (Blocks),Comment,Comment,Resolution
OBC approved,DIG-1,1001,Milestone,Done,DIG,jsmith,12/Mar/26 12:00 AM,10/Mar/26 9:15 AM,01/Jan/26 10:00 AM,S1,S2,,,\
"12/Mar/26 10:11 AM;jsmith;All fine",,Done
FBC approved,DIG-2,1002,Milestone,In Progress,DIG,jsmith,30/Jun/26 12:00 AM,,01/Jan/26 10:00 AM,S1,,DIG-1,DIG-3,,,
Build it,DIG-3,1003,Story,To Do,DIG,jsmith,15/May/26 12:00 AM,,01/Jan/26 10:00 AM,,,,,,,
Rejected idea,DIG-4,1004,Milestone,Closed,DIG,jsmith,15/May/26 12:00 AM,16/May/26 1:00 AM,\
01/Jan/26 10:00 AM,,,,,,,Won't Do
"""

OPEN_PROJECT = """
ID,Type,Subject,Status,Start date,Finish date,Assignee
31,Milestone,Gate 3,New,2026-04-01,2026-04-01,Jane Doe
32,Task,Write it,In progress,2026-03-01,2026-03-31,Jane Doe
40,Milestone,Gate 4,Closed,2026-05-01,2026-05-01,Jane Doe
"""

REDMINE = """
row;tracker;subject;start;due;parent;follows
1;bug;Second child;2020-01-12;2020-01-20;3;2 1d
2;bug;First child;2020-01-01;2020-01-10;3;
3;bug;Parent;2020-01-01;2020-01-31;;
"""

PLAN = """
Programme plan,,,,
As at,30/06/2026,,,
Project ID,ARE_0024,,,
,,,,
Ref,Milestone,Target date,Revised date,Owner
M1,Start,01/04/2026,13/04/2026,Jo
M2,Finish,30/04/2026,TBC,Jo

Total,2,,,
Notes: dates are subject to approval,,,,
"""

SCHEDULE = """
ID,Name,Duration,Start,Finish,Baseline Finish,Actual Finish,Predecessors,Resource Names,Milestone
1,Programme,100 days,Mon 02/03/26,Fri 17/07/26,Fri 17/07/26,NA,,Jo,No
2,OBC approved,0 days,Mon 02/03/26,Mon 02/03/26,Mon 02/03/26,Tue 03/03/26,,Jo,Yes
3,Build,50 days,Tue 03/03/26,Mon 11/05/26,Mon 11/05/26,NA,2,Jo,No
4,FBC approved,0 days,Mon 11/05/26,Mon 18/05/26,Mon 11/05/26,NA,3FS+5 days,Jo,Yes
"""


def read(content: str | Grid, choices: Choices | None = None, separator: str = ",") -> Return:
    """The return in a text, or in a sheet."""
    sheet = text(content, separator) if isinstance(content, str) else content
    return read_return([sheet], choices or Choices())


def means(found: Return) -> dict[str, Meaning | None]:
    """What each column was understood as."""
    return {column.header: column.means for column in found.columns}


def of_kind(found: Return, kind: Kind) -> list[Finding]:
    """The findings of this kind."""
    return [finding for finding in found.findings if finding.kind == kind]


def only(found: Return, kind: Kind) -> str:
    """The message of the one finding of this kind."""
    [finding] = of_kind(found, kind)
    return finding.message

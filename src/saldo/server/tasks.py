"""Background work by name. A task steps into its company and calls one flow; it decides nothing."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from saldo.core.identity import CompanyId
from saldo.server.wiring import real_world


@app.task(name="import-files", queue="imports", lock="imports", pass_context=True)
def import_files(context: JobContext, *, company: int, batch: str, actor: str) -> None:
    """Import the files that lie in a batch of the landing folder; one import at a time."""
    from saldo.flows.import_files import import_batch

    import_batch(company=CompanyId(company), batch=batch, actor=actor, world=real_world())


@app.task(name="receive-files", queue="imports", lock="receive-files")
def receive_files(*, company: int, batch: str, actor: str) -> None:
    """Take the bank files of an upload that is too large for a page to wait for."""
    from saldo.flows.receive_batches import receive_batch

    receive_batch(company=CompanyId(company), batch=batch, actor=actor, world=real_world())


@app.task(name="draft-month", queue="house", lock="close-month")
def draft_month(*, company: int, month: str, by: str, today: str) -> None:
    """Draft a month whose customers are too many for a page to wait for."""
    from saldo.flows.month_by_worker import draft_by_worker

    draft_by_worker(company=CompanyId(company), month=month, by=by, today=today, world=real_world())


@app.task(name="issue-wave", queue="house", lock="close-month")
def issue_wave(*, company: int, month: str, by: str, today: str, count: int, totals: dict[str, str]) -> None:
    """Issue a wave that is too large for a page to wait for, as a person confirmed it."""
    from saldo.flows.month_by_worker import issue_by_worker

    issue_by_worker(
        company=CompanyId(company), month=month, by=by, today=today, count=count, totals=totals, world=real_world()
    )


@app.task(name="backtest-policies", queue="house")
def backtest_policies(*, company: int, run: str) -> None:
    """Run policies over a history that is too large for a page to wait for."""
    from saldo.flows.backtest_policies import run_backtest

    run_backtest(company=CompanyId(company), run=run, world=real_world())


@app.periodic(cron="10 * * * *")
@app.task(name="day-ended", queue="house", queueing_lock="day-ended")
def end_day(timestamp: int) -> None:
    """Every hour, because the machine may sleep at any of them; told twice, it does nothing."""
    from saldo.flows.day_ended import day_ended

    day_ended(world=real_world())


@app.periodic(cron="5 * * * *")
@app.task(name="dunning-round", queue="house", lock="dunning-round", queueing_lock="dunning-round")
def dunning_round(timestamp: int) -> None:
    """Every hour, because every debtor has its own midnight; the first of a day looks at everything."""
    from saldo.flows.dunning_round import run_rounds

    run_rounds(world=real_world())


@app.periodic(cron="20 * * * *")
@app.task(name="send-notices", queue="house", lock="dunning-round", queueing_lock="send-notices")
def send_notices(timestamp: int) -> None:
    """Every hour after the round: its notices are written, and those of before that waited."""
    from saldo.flows.send_notices import send_notices_everywhere

    send_notices_everywhere(world=real_world())


@app.task(name="send-messages", queue="mail", lock="mail")
def send_messages(*, company: int) -> None:
    """Send what one company has just let out."""
    from saldo.flows.send_messages import send_due

    send_due(company=CompanyId(company), world=real_world())


@app.periodic(cron="* * * * *")
@app.task(name="send-due", queue="mail", lock="mail", queueing_lock="send-due")
def send_due_everywhere(timestamp: int) -> None:
    """Every minute: mail whose recall time is over, and reports of mail that came back; notices hear of both."""
    from saldo.flows.send_messages import send_messages as send
    from saldo.flows.send_notices import follow_everywhere

    send(world=real_world())
    follow_everywhere(world=real_world())


@app.task(name="render-papers", queue="house", lock="render-papers")
def render_papers(*, company: int) -> None:
    """Make the papers that issued documents of one company lack; what is kept is left alone."""
    from saldo.flows.render_papers import render_papers as render

    render(company=CompanyId(company), world=real_world())


@app.periodic(cron="25 4,17 * * *")
@app.task(name="fetch-rates", queue="house", queueing_lock="fetch-rates")
def fetch_rates(timestamp: int) -> None:
    """Twice a day, one of them after the European Central Bank publishes."""
    from saldo.flows.fetch_rates import fetch_all_rates

    fetch_all_rates(world=real_world())


@app.periodic(cron="40 * * * *")
@app.task(name="order-by-customer", queue="house", queueing_lock="order-by-customer")
def order_by_customer(timestamp: int) -> None:
    """Every hour, for whatever was imported since; what is ordered already is left alone."""
    from saldo.flows.order_by_customer import order_by_customer as order

    order()


@app.periodic(cron="*/10 * * * *")
@app.task(name="look-into-folders", queue="house", queueing_lock="look-into-folders")
def look_into_folders(timestamp: int) -> None:
    """Every ten minutes the watched folders of every company; what was taken before is left alone."""
    from saldo.flows.receive_files import look_into_folders as look

    look(world=real_world())

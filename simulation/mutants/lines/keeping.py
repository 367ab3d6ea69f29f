"""What a journal's file may not lose, take from anybody, or keep for ever."""

from __future__ import annotations

from collections.abc import Mapping

Row = tuple[str, ...]  # module, words, words without the rule, scripts that notice
ROWS: Mapping[str, Row] = {
    "cycle numbers are not reserved": (
        "journal.store",
        "        if counters.cycle == counters.cycles_reserved:\n",
        "        if False:\n",
        "keeping numbers",
    ),
    "a change by others is not written": (
        "journal.store",
        "            insert_changes(connection, changes)\n",
        "            pass\n",
        "keeping memories",
    ),
    "what was remembered last is not known": (
        "journal.store",
        "        counters.remembered.update(changed)\n",
        "        pass\n",
        "keeping memories",
    ),
    "the state of the account is not written": (
        "journal.store",
        "                desk.insert_control(connection, control)\n",
        "                pass\n",
        "keeping states",
    ),
    "a command is obeyed again": (
        "journal.store",
        "            desk.mark_obeyed(connection, command.number, at_ms)\n",
        "            pass\n",
        "keeping commands",
    ),
    "a reader obeys": (
        "journal.store",
        (
            "        self._writer()\n        with self._database.writing() as connection:\n"
            "            desk.mark_obeyed("
        ),
        "        with self._database.writing() as connection:\n            desk.mark_obeyed(",
        "keeping commands",
    ),
    "quiet cycles are kept for ever": (
        "journal.store",
        "                cycles.prune_cycles(connection, self._clock.wall_ms() - kept_ms)\n",
        "                pass\n",
        "keeping quiet",
    ),
    "the log of a journal only grows": (
        "journal.store",
        "                self._database.checkpoint()\n",
        "                pass\n",
        "keeping quiet",
    ),
    "commits are not on disk when they return": (
        "journal.database",
        "                self._connection.exec_driver_sql(pragma)\n",
        "                pass\n",
        "filing durable",
    ),
    "a journal that was replaced is gone on with": (
        "journal.database",
        "        if self._inode_now() != self._inode:\n",
        "        if False:\n",
        "filing durable",
    ),
    "an older journal is led on without a copy": (
        "journal.opening",
        "        database.copy_to(copy)\n        copy.chmod(_FILE_MODE)\n",
        "        pass\n",
        "filing older",
    ),
    "a reader leads an older journal on": (
        "journal.opening",
        "    if lock is None:\n        raise JournalMismatch(",
        "    if False:\n        raise JournalMismatch(",
        "filing older",
    ),
    "a start that failed keeps its lock": (
        "journal.opening",
        "        lock.release()\n",
        "        pass\n",
        "filing begun",
    ),
    "who holds a journal is not written down": (
        "journal.lock",
        "        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)\n",
        "        pass\n",
        "filing holders",
    ),
}

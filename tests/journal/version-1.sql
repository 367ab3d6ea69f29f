-- The schema of the first release, as it was. Never edited: migrations are tested from here.

CREATE TABLE meta (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE TABLE cycle (
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    ordered BOOLEAN NOT NULL,
    settings_digest TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX cycle_prunable ON cycle (at_ms) WHERE ordered = 0;

CREATE TABLE control (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,
    "by" TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    flattening BOOLEAN NOT NULL
);

CREATE TABLE command (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    command TEXT NOT NULL,
    "by" TEXT NOT NULL,
    reason TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    asset TEXT,
    obeyed_at_ms BIGINT
);

CREATE TABLE memory (
    asset TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (asset)
);

CREATE TABLE intent (
    client_order_id TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    cycle BIGINT NOT NULL,
    asset TEXT NOT NULL,
    instrument TEXT NOT NULL,
    symbol TEXT NOT NULL,
    size TEXT NOT NULL,
    limit_price TEXT NOT NULL,
    mark_price TEXT NOT NULL,
    notional TEXT NOT NULL,
    reduce_only BOOLEAN NOT NULL,
    rule TEXT NOT NULL,
    position_before TEXT NOT NULL,
    completes BOOLEAN NOT NULL,
    sent_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    payload_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    venue_order_id TEXT NOT NULL,
    filled_size TEXT NOT NULL,
    price_average TEXT,
    fee TEXT,
    fee_asset TEXT,
    settled_at_ms BIGINT,
    proof TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (client_order_id),
    UNIQUE (sequence),
    FOREIGN KEY(cycle) REFERENCES cycle (number)
);

CREATE INDEX ix_intent_cycle ON intent (cycle);

CREATE INDEX ix_intent_sent_at_ms ON intent (sent_at_ms);

CREATE UNIQUE INDEX one_live ON intent (instrument) WHERE state IN ('acknowledged', 'planned', 'sent', 'unknown');

CREATE TABLE transition (
    number BIGINT NOT NULL,
    client_order_id TEXT NOT NULL,
    state TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    proof TEXT NOT NULL,
    facts TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (number),
    FOREIGN KEY(client_order_id) REFERENCES intent (client_order_id)
);

CREATE INDEX ix_transition_client_order_id ON transition (client_order_id);

CREATE TRIGGER transition_no_update BEFORE UPDATE ON transition BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;

CREATE TRIGGER transition_no_delete BEFORE DELETE ON transition BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;

CREATE TRIGGER intent_no_delete BEFORE DELETE ON intent BEGIN SELECT RAISE(ABORT, 'intents are kept for ever'); END;

CREATE TRIGGER intent_fixed BEFORE UPDATE OF client_order_id, sequence, cycle, asset, instrument, symbol, size, limit_price, mark_price, notional, reduce_only, rule, position_before, completes, sent_at_ms, expires_at_ms, payload_hash ON intent BEGIN SELECT RAISE(ABORT, 'an order is never edited'); END;

CREATE TRIGGER intent_ended BEFORE UPDATE OF state ON intent WHEN OLD.state <> NEW.state AND NOT (OLD.state IN ('acknowledged', 'planned', 'sent', 'unknown')) BEGIN SELECT RAISE(ABORT, 'a settled intent stays settled'); END;

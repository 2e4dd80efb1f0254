CREATE TABLE erasures (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    erased_at TEXT,
    due_at TEXT,
    CONSTRAINT erasures_pkey PRIMARY KEY (id),
    CONSTRAINT erasures_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX erasures_due ON erasures (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE closings (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    number INTEGER NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT closings_pkey PRIMARY KEY (id),
    CONSTRAINT closings_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX closings_placed ON closings (writer, number);

CREATE TABLE receipts (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    live INTEGER NOT NULL,
    number INTEGER NOT NULL,
    numbered_at TEXT NOT NULL,
    CONSTRAINT receipts_pkey PRIMARY KEY (id),
    CONSTRAINT receipts_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE UNIQUE INDEX receipts_numbered ON receipts (live, number);

CREATE TABLE figures_mark (
    id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    zone TEXT NOT NULL,
    events_writer INTEGER NOT NULL,
    events_sequence INTEGER NOT NULL,
    entries_writer INTEGER NOT NULL,
    entries_sequence INTEGER NOT NULL,
    CONSTRAINT figures_mark_pkey PRIMARY KEY (id),
    CONSTRAINT figures_mark_is_one CHECK (id = 'figures')
)
 STRICT;

CREATE TABLE daily_figures (
    generation INTEGER NOT NULL,
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    payments_started INTEGER NOT NULL,
    payments_succeeded INTEGER NOT NULL,
    payments_failed INTEGER NOT NULL,
    payments_cancelled INTEGER NOT NULL,
    payments_quarantined INTEGER NOT NULL,
    cards_declined INTEGER NOT NULL,
    volume_minor INTEGER NOT NULL,
    refunds_begun INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    platform_fees_minor INTEGER NOT NULL,
    stripe_fees_minor INTEGER NOT NULL,
    goodwill_minor INTEGER NOT NULL,
    bad_debt_minor INTEGER NOT NULL,
    requests_submitted INTEGER NOT NULL,
    requests_approved INTEGER NOT NULL,
    requests_rejected INTEGER NOT NULL,
    requests_withdrawn INTEGER NOT NULL,
    requests_expired INTEGER NOT NULL,
    requests_blocked INTEGER NOT NULL,
    requests_done INTEGER NOT NULL,
    deciding_seconds INTEGER NOT NULL,
    transfers_sent INTEGER NOT NULL,
    transferred_minor INTEGER NOT NULL,
    disputes_opened INTEGER NOT NULL,
    disputed_minor INTEGER NOT NULL,
    CONSTRAINT daily_figures_pkey PRIMARY KEY (generation, period, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE daily_breakdowns (
    generation INTEGER NOT NULL,
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    breakdown TEXT NOT NULL,
    "key" TEXT NOT NULL,
    how_many INTEGER NOT NULL,
    CONSTRAINT daily_breakdowns_pkey PRIMARY KEY (generation, period, currency, breakdown, "key")
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE people_counts (
    generation INTEGER NOT NULL,
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    students_active INTEGER NOT NULL,
    teachers_active INTEGER NOT NULL,
    CONSTRAINT people_counts_pkey PRIMARY KEY (generation, period, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE people_active (
    generation INTEGER NOT NULL,
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    party TEXT NOT NULL,
    person TEXT NOT NULL,
    CONSTRAINT people_active_pkey PRIMARY KEY (generation, period, currency, party, person)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE teacher_months (
    generation INTEGER NOT NULL,
    period TEXT NOT NULL,
    currency TEXT NOT NULL,
    teacher_id TEXT NOT NULL,
    volume_minor INTEGER NOT NULL,
    CONSTRAINT teacher_months_pkey PRIMARY KEY (generation, period, currency, teacher_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX teacher_months_top ON teacher_months (generation, period, currency, volume_minor DESC, teacher_id);

CREATE INDEX refund_requests_open ON refund_requests (submitted_at) WHERE state IN ('approved', 'blocked', 'executing', 'submitted');

CREATE INDEX refund_requests_waiting ON refund_requests (expires_at, id) WHERE due_at IS NOT NULL;

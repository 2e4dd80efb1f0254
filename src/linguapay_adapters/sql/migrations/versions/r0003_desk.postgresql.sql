CREATE TABLE erasures (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT erasures_pkey PRIMARY KEY (id),
    CONSTRAINT erasures_version_positive CHECK (version >= 1)
);

CREATE INDEX erasures_due ON erasures (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE closings (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    writer BIGINT NOT NULL,
    number BIGINT NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT closings_pkey PRIMARY KEY (id),
    CONSTRAINT closings_version_positive CHECK (version >= 1)
);

CREATE INDEX closings_placed ON closings (writer, number);

CREATE TABLE receipts (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    number BIGINT NOT NULL,
    numbered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT receipts_pkey PRIMARY KEY (id),
    CONSTRAINT receipts_version_positive CHECK (version >= 1)
);

CREATE UNIQUE INDEX receipts_numbered ON receipts (live, number);

CREATE TABLE figures_mark (
    id VARCHAR COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    zone VARCHAR COLLATE "C" NOT NULL,
    events_writer BIGINT NOT NULL,
    events_sequence BIGINT NOT NULL,
    entries_writer BIGINT NOT NULL,
    entries_sequence BIGINT NOT NULL,
    CONSTRAINT figures_mark_pkey PRIMARY KEY (id),
    CONSTRAINT figures_mark_is_one CHECK (id = 'figures')
);

CREATE TABLE daily_figures (
    generation BIGINT NOT NULL,
    period VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    payments_started BIGINT NOT NULL,
    payments_succeeded BIGINT NOT NULL,
    payments_failed BIGINT NOT NULL,
    payments_cancelled BIGINT NOT NULL,
    payments_quarantined BIGINT NOT NULL,
    cards_declined BIGINT NOT NULL,
    volume_minor BIGINT NOT NULL,
    refunds_begun BIGINT NOT NULL,
    refunded_minor BIGINT NOT NULL,
    platform_fees_minor BIGINT NOT NULL,
    stripe_fees_minor BIGINT NOT NULL,
    goodwill_minor BIGINT NOT NULL,
    bad_debt_minor BIGINT NOT NULL,
    requests_submitted BIGINT NOT NULL,
    requests_approved BIGINT NOT NULL,
    requests_rejected BIGINT NOT NULL,
    requests_withdrawn BIGINT NOT NULL,
    requests_expired BIGINT NOT NULL,
    requests_blocked BIGINT NOT NULL,
    requests_done BIGINT NOT NULL,
    deciding_seconds BIGINT NOT NULL,
    transfers_sent BIGINT NOT NULL,
    transferred_minor BIGINT NOT NULL,
    disputes_opened BIGINT NOT NULL,
    disputed_minor BIGINT NOT NULL,
    CONSTRAINT daily_figures_pkey PRIMARY KEY (generation, period, currency)
);

CREATE TABLE daily_breakdowns (
    generation BIGINT NOT NULL,
    period VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    breakdown VARCHAR COLLATE "C" NOT NULL,
    key VARCHAR COLLATE "C" NOT NULL,
    how_many BIGINT NOT NULL,
    CONSTRAINT daily_breakdowns_pkey PRIMARY KEY (generation, period, currency, breakdown, key)
);

CREATE TABLE people_counts (
    generation BIGINT NOT NULL,
    period VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    students_active BIGINT NOT NULL,
    teachers_active BIGINT NOT NULL,
    CONSTRAINT people_counts_pkey PRIMARY KEY (generation, period, currency)
);

CREATE TABLE people_active (
    generation BIGINT NOT NULL,
    period VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    party VARCHAR COLLATE "C" NOT NULL,
    person VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT people_active_pkey PRIMARY KEY (generation, period, currency, party, person)
);

CREATE TABLE teacher_months (
    generation BIGINT NOT NULL,
    period VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    teacher_id VARCHAR COLLATE "C" NOT NULL,
    volume_minor BIGINT NOT NULL,
    CONSTRAINT teacher_months_pkey PRIMARY KEY (generation, period, currency, teacher_id)
);

CREATE INDEX teacher_months_top ON teacher_months (generation, period, currency, volume_minor DESC, teacher_id);

CREATE INDEX refund_requests_open ON refund_requests (submitted_at) WHERE state IN ('approved', 'blocked', 'executing', 'submitted');

CREATE INDEX refund_requests_waiting ON refund_requests (expires_at, id) WHERE due_at IS NOT NULL;

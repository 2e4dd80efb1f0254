CREATE INDEX gigs_listed ON gigs (offered_at, id);

CREATE INDEX gigs_of_teacher ON gigs (teacher_id, offered_at, id);

CREATE INDEX free_text_of_subject ON free_text (subject);

CREATE INDEX alarms_listed ON alarms (raised_at, id);

CREATE INDEX alarms_of_rule ON alarms (rule, raised_at, id);

CREATE INDEX webhook_events_in_state ON webhook_events (state, received_at, id);

CREATE INDEX webhook_events_listed ON webhook_events (received_at, id);

CREATE INDEX webhook_events_of_object ON webhook_events (object_id);

CREATE INDEX webhook_events_open ON webhook_events (state) WHERE state IN ('leased', 'parked', 'received', 'retry');

CREATE TABLE feed_marks (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    writer INTEGER NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT feed_marks_pkey PRIMARY KEY (id),
    CONSTRAINT feed_marks_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE TABLE subscriptions (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    url TEXT NOT NULL,
    event_types TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    failing_since TEXT,
    failures INTEGER NOT NULL,
    resting_until TEXT,
    CONSTRAINT subscriptions_pkey PRIMARY KEY (id),
    CONSTRAINT subscriptions_state_known CHECK (state IN ('active', 'disabled', 'paused', 'removed')),
    CONSTRAINT subscriptions_failures_not_negative CHECK (failures >= 0),
    CONSTRAINT subscriptions_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX subscriptions_in_state ON subscriptions (state, created_at, id);

CREATE INDEX subscriptions_listed ON subscriptions (created_at, id);

CREATE TABLE signing_secrets (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    current TEXT NOT NULL,
    retired TEXT NOT NULL,
    CONSTRAINT signing_secrets_pkey PRIMARY KEY (id),
    CONSTRAINT signing_secrets_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX events_told ON events (name, at);

CREATE INDEX entries_written ON entries (at);

CREATE TABLE stored_answers (
    principal TEXT NOT NULL,
    route TEXT NOT NULL,
    "key" TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    fence INTEGER NOT NULL,
    claimed_at TEXT NOT NULL,
    leased_until TEXT NOT NULL,
    status INTEGER,
    reference TEXT NOT NULL,
    CONSTRAINT stored_answers_pkey PRIMARY KEY (principal, route, "key"),
    CONSTRAINT stored_answers_fence_positive CHECK (fence >= 1),
    CONSTRAINT stored_answers_status_of_http CHECK (status BETWEEN 100 AND 599)
)
 STRICT;

CREATE INDEX stored_answers_by_age ON stored_answers (claimed_at);

CREATE TABLE house (
    id TEXT NOT NULL,
    account_id TEXT,
    mode TEXT,
    remembered_at TEXT,
    verified_at TEXT,
    breaches INTEGER,
    CONSTRAINT house_pkey PRIMARY KEY (id),
    CONSTRAINT house_is_one CHECK (id = 'house'),
    CONSTRAINT house_mode_known CHECK (mode IN ('live', 'sandbox', 'test'))
)
 STRICT;

CREATE TABLE workers (
    id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    beat_at TEXT NOT NULL,
    last_round_at TEXT,
    done INTEGER NOT NULL,
    troubles INTEGER NOT NULL,
    CONSTRAINT workers_pkey PRIMARY KEY (id)
)
 STRICT;

CREATE INDEX bookings_in_state ON bookings (state, requested_at, id);

CREATE INDEX bookings_listed ON bookings (requested_at, id);

CREATE INDEX bookings_of_gig ON bookings (gig_id, requested_at, id);

CREATE INDEX bookings_of_student ON bookings (student_id, requested_at, id);

CREATE INDEX bookings_of_teacher ON bookings (teacher_id, requested_at, id);

CREATE INDEX bookings_starting ON bookings (starts_at, id);

CREATE TABLE deliveries (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    subscription_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    tries INTEGER NOT NULL,
    leased_until TEXT,
    attempts TEXT NOT NULL,
    CONSTRAINT deliveries_pkey PRIMARY KEY (id),
    CONSTRAINT deliveries_state_known CHECK (state IN ('cancelled', 'delivered', 'leased', 'parked', 'queued', 'retry')),
    CONSTRAINT deliveries_tries_not_negative CHECK (tries >= 0),
    CONSTRAINT deliveries_version_positive CHECK (version >= 1),
    CONSTRAINT deliveries_subscription_id_fkey FOREIGN KEY(subscription_id) REFERENCES subscriptions (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE INDEX deliveries_ended ON deliveries (due_at, id) WHERE state IN ('cancelled', 'delivered', 'parked');

CREATE INDEX deliveries_in_state ON deliveries (state, made_at, id);

CREATE INDEX deliveries_lanes ON deliveries (subscription_id, due_at, id) WHERE state IN ('leased', 'queued', 'retry');

CREATE INDEX deliveries_listed ON deliveries (made_at, id);

CREATE INDEX deliveries_of_subscription ON deliveries (subscription_id, made_at, id);

CREATE INDEX payments_in_state ON payments (state, started_at, id);

CREATE INDEX payments_listed ON payments (started_at, id);

CREATE INDEX payments_of_student ON payments (student_id, started_at, id);

CREATE INDEX payments_of_teacher ON payments (teacher_id, started_at, id);

CREATE INDEX payments_with_credit ON payments (started_at, id) WHERE credit_price_part_minor + credit_fee_part_minor > 0;

CREATE INDEX refund_requests_expiring ON refund_requests (expires_at, id);

CREATE INDEX refund_requests_in_state ON refund_requests (state, submitted_at, id);

CREATE INDEX refund_requests_listed ON refund_requests (submitted_at, id);

CREATE INDEX refund_requests_of_booking ON refund_requests (booking_id);

CREATE INDEX refund_requests_of_student ON refund_requests (student_id, submitted_at, id);

CREATE INDEX transfers_in_state ON transfers (state, scheduled_at, id);

CREATE INDEX transfers_listed ON transfers (scheduled_at, id);

CREATE INDEX transfers_of_booking ON transfers (booking_id);

CREATE INDEX transfers_of_teacher ON transfers (teacher_id, scheduled_at, id);

CREATE INDEX transfers_paying ON transfers (pay_at, id);

CREATE INDEX effects_in_state ON effects (state, due_at, id);

CREATE INDEX effects_listed ON effects (due_at, id);

CREATE INDEX effects_of_subject ON effects (subject);

CREATE INDEX effects_open ON effects (state) WHERE state IN ('leased', 'parked', 'queued', 'retry', 'unknown');

CREATE INDEX refunds_in_state ON refunds (state, reserved_at, id);

CREATE INDEX refunds_listed ON refunds (reserved_at, id);

CREATE INDEX refunds_of_booking ON refunds (booking_id);

CREATE INDEX refunds_of_request ON refunds (request_id) WHERE request_id IS NOT NULL;

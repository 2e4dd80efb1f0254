CREATE TABLE calendars (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (id),
    CONSTRAINT calendars_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE TABLE accounts (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    can_receive INTEGER NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_account_named CHECK (account_id <> ''),
    CONSTRAINT accounts_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE UNIQUE INDEX accounts_account_id ON accounts (account_id) WHERE account_id <> '';

CREATE TABLE gigs (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    teacher_id TEXT NOT NULL,
    title TEXT NOT NULL,
    currency TEXT NOT NULL,
    hourly_price_minor INTEGER NOT NULL,
    active INTEGER NOT NULL,
    offered_at TEXT NOT NULL,
    CONSTRAINT gigs_pkey PRIMARY KEY (id),
    CONSTRAINT gigs_currency_code CHECK (length(currency) = 3),
    CONSTRAINT gigs_hourly_price_minor_not_negative CHECK (hourly_price_minor >= 0),
    CONSTRAINT gigs_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE TABLE customers (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    customer_id TEXT NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_customer_named CHECK (customer_id <> ''),
    CONSTRAINT customers_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE UNIQUE INDEX customers_customer_id ON customers (customer_id) WHERE customer_id <> '';

CREATE TABLE people (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    zone TEXT NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE TABLE free_text (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT,
    CONSTRAINT free_text_pkey PRIMARY KEY (id),
    CONSTRAINT free_text_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX free_text_by_author ON free_text (author);

CREATE TABLE bookmarks (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    at TEXT NOT NULL,
    CONSTRAINT bookmarks_pkey PRIMARY KEY (id),
    CONSTRAINT bookmarks_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE TABLE alarms (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    cleared_at TEXT,
    CONSTRAINT alarms_pkey PRIMARY KEY (id),
    CONSTRAINT alarms_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX alarms_of_subject ON alarms (subject);

CREATE INDEX alarms_open ON alarms (raised_at) WHERE cleared_at IS NULL;

CREATE TABLE webhook_events (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    created_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    leased_until TEXT,
    tries INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_events_object_kind_known CHECK (object_kind IN ('account', 'intent', 'other', 'refund', 'transfer')),
    CONSTRAINT webhook_events_state_known CHECK (state IN ('done', 'ignored', 'leased', 'parked', 'received', 'retry')),
    CONSTRAINT webhook_events_tries_not_negative CHECK (tries >= 0),
    CONSTRAINT webhook_events_version_positive CHECK (version >= 1)
)
 STRICT;

CREATE INDEX webhook_events_due ON webhook_events (due_at) WHERE state IN ('leased', 'received', 'retry');

CREATE INDEX webhook_events_lanes ON webhook_events (object_kind, object_id) WHERE state IN ('leased', 'received', 'retry');

CREATE TABLE events (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    fact_version INTEGER NOT NULL,
    fact TEXT NOT NULL,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT events_role_known CHECK (role IN ('admin', 'clock', 'platform', 'stripe', 'student', 'system', 'teacher')),
    CONSTRAINT events_fact_version_positive CHECK (fact_version >= 1)
)
 STRICT;

CREATE INDEX events_of_subject ON events (subject);

CREATE TABLE entries (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    at TEXT NOT NULL,
    cash TEXT,
    CONSTRAINT entries_key_unique UNIQUE ("key"),
    CONSTRAINT entries_cash_unique UNIQUE (cash)
)
 STRICT;

CREATE TABLE bookings (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    gig_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    teacher_id TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    currency TEXT NOT NULL,
    hourly_price_minor INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    terms TEXT NOT NULL,
    deadlines TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    pay_by TEXT,
    closed_at TEXT,
    absent TEXT,
    proposed_starts_at TEXT,
    proposed_by TEXT,
    due_at TEXT,
    CONSTRAINT bookings_pkey PRIMARY KEY (id),
    CONSTRAINT bookings_currency_code CHECK (length(currency) = 3),
    CONSTRAINT bookings_hourly_price_minor_not_negative CHECK (hourly_price_minor >= 0),
    CONSTRAINT bookings_price_minor_not_negative CHECK (price_minor >= 0),
    CONSTRAINT bookings_fee_minor_not_negative CHECK (fee_minor >= 0),
    CONSTRAINT bookings_total_minor_not_negative CHECK (total_minor >= 0),
    CONSTRAINT bookings_state_known CHECK (state IN ('cancelled', 'cancelling', 'completed', 'confirmed', 'contested', 'declined', 'expired', 'paid', 'paying', 'requested')),
    CONSTRAINT bookings_absent_known CHECK (absent IN ('admin', 'clock', 'platform', 'stripe', 'student', 'system', 'teacher')),
    CONSTRAINT bookings_proposed_by_known CHECK (proposed_by IN ('admin', 'clock', 'platform', 'stripe', 'student', 'system', 'teacher')),
    CONSTRAINT bookings_two_people CHECK (student_id <> teacher_id),
    CONSTRAINT bookings_takes_time CHECK (minutes > 0 AND ends_at > starts_at),
    CONSTRAINT bookings_total_covers CHECK (price_minor <= total_minor AND fee_minor <= total_minor),
    CONSTRAINT bookings_proposal_whole CHECK ((proposed_starts_at IS NULL) = (proposed_by IS NULL)),
    CONSTRAINT bookings_version_positive CHECK (version >= 1),
    CONSTRAINT bookings_gig_id_fkey FOREIGN KEY(gig_id) REFERENCES gigs (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE INDEX bookings_due ON bookings (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX bookings_of_calendar ON bookings (teacher_id, ends_at) WHERE state IN ('confirmed', 'contested', 'paid', 'paying', 'requested');

CREATE TABLE payments (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    booking_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    teacher_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    price_part_minor INTEGER NOT NULL,
    fee_part_minor INTEGER NOT NULL,
    captured_price_part_minor INTEGER NOT NULL,
    captured_fee_part_minor INTEGER NOT NULL,
    reserved_price_part_minor INTEGER NOT NULL,
    reserved_fee_part_minor INTEGER NOT NULL,
    refunded_price_part_minor INTEGER NOT NULL,
    refunded_fee_part_minor INTEGER NOT NULL,
    credit_price_part_minor INTEGER NOT NULL,
    credit_fee_part_minor INTEGER NOT NULL,
    disputed_price_part_minor INTEGER NOT NULL,
    disputed_fee_part_minor INTEGER NOT NULL,
    transfer_reserved_minor INTEGER NOT NULL,
    transferred_minor INTEGER NOT NULL,
    sent_back_minor INTEGER NOT NULL,
    live INTEGER NOT NULL,
    state TEXT NOT NULL,
    holds_booking INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    method_id TEXT NOT NULL,
    save_method INTEGER NOT NULL,
    confirms INTEGER NOT NULL,
    intent_id TEXT NOT NULL,
    charge_id TEXT NOT NULL,
    cash_id TEXT NOT NULL,
    card_brand TEXT NOT NULL,
    decline_code TEXT NOT NULL,
    succeeded_at TEXT,
    settled_at TEXT,
    due_at TEXT,
    CONSTRAINT payments_pkey PRIMARY KEY (id),
    CONSTRAINT payments_currency_code CHECK (length(currency) = 3),
    CONSTRAINT payments_price_part_minor_not_negative CHECK (price_part_minor >= 0),
    CONSTRAINT payments_fee_part_minor_not_negative CHECK (fee_part_minor >= 0),
    CONSTRAINT payments_captured_price_part_minor_not_negative CHECK (captured_price_part_minor >= 0),
    CONSTRAINT payments_captured_fee_part_minor_not_negative CHECK (captured_fee_part_minor >= 0),
    CONSTRAINT payments_reserved_price_part_minor_not_negative CHECK (reserved_price_part_minor >= 0),
    CONSTRAINT payments_reserved_fee_part_minor_not_negative CHECK (reserved_fee_part_minor >= 0),
    CONSTRAINT payments_refunded_price_part_minor_not_negative CHECK (refunded_price_part_minor >= 0),
    CONSTRAINT payments_refunded_fee_part_minor_not_negative CHECK (refunded_fee_part_minor >= 0),
    CONSTRAINT payments_credit_price_part_minor_not_negative CHECK (credit_price_part_minor >= 0),
    CONSTRAINT payments_credit_fee_part_minor_not_negative CHECK (credit_fee_part_minor >= 0),
    CONSTRAINT payments_disputed_price_part_minor_not_negative CHECK (disputed_price_part_minor >= 0),
    CONSTRAINT payments_disputed_fee_part_minor_not_negative CHECK (disputed_fee_part_minor >= 0),
    CONSTRAINT payments_transfer_reserved_minor_not_negative CHECK (transfer_reserved_minor >= 0),
    CONSTRAINT payments_transferred_minor_not_negative CHECK (transferred_minor >= 0),
    CONSTRAINT payments_sent_back_minor_not_negative CHECK (sent_back_minor >= 0),
    CONSTRAINT payments_state_known CHECK (state IN ('accepted', 'cancelled', 'cancelling', 'creating', 'creating_unknown', 'failed', 'new', 'open', 'processing', 'quarantined', 'refunded', 'sent_back', 'succeeded')),
    CONSTRAINT payments_two_people CHECK (student_id <> teacher_id),
    CONSTRAINT payments_asks_for_something CHECK (price_part_minor + fee_part_minor > 0),
    CONSTRAINT payments_holds_in_its_states CHECK (NOT holds_booking OR state NOT IN ('cancelled', 'failed', 'quarantined', 'refunded', 'sent_back')),
    CONSTRAINT payments_confirms_not_negative CHECK (confirms >= 0),
    CONSTRAINT payments_sent_before_sent_back CHECK (sent_back_minor <= transferred_minor),
    CONSTRAINT payments_version_positive CHECK (version >= 1),
    CONSTRAINT payments_booking_id_fkey FOREIGN KEY(booking_id) REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE UNIQUE INDEX payments_cash_id ON payments (cash_id) WHERE cash_id <> '';

CREATE UNIQUE INDEX payments_charge_id ON payments (charge_id) WHERE charge_id <> '';

CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL;

CREATE UNIQUE INDEX payments_holding ON payments (booking_id) WHERE holds_booking;

CREATE UNIQUE INDEX payments_intent_id ON payments (intent_id) WHERE intent_id <> '';

CREATE INDEX payments_of_booking ON payments (booking_id);

CREATE TABLE refund_requests (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    booking_id TEXT NOT NULL,
    student_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    reason_id TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    approvals TEXT NOT NULL,
    approvals_needed INTEGER NOT NULL,
    platform_bears INTEGER NOT NULL,
    refund_id TEXT,
    blocked_reason TEXT NOT NULL,
    moved_by TEXT,
    moved_at TEXT,
    due_at TEXT,
    CONSTRAINT refund_requests_pkey PRIMARY KEY (id),
    CONSTRAINT refund_requests_currency_code CHECK (length(currency) = 3),
    CONSTRAINT refund_requests_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT refund_requests_state_known CHECK (state IN ('approved', 'blocked', 'done', 'executing', 'expired', 'rejected', 'submitted', 'withdrawn')),
    CONSTRAINT refund_requests_asks_for_something CHECK (amount_minor > 0),
    CONSTRAINT refund_requests_someone_approves CHECK (approvals_needed >= 1),
    CONSTRAINT refund_requests_version_positive CHECK (version >= 1),
    CONSTRAINT refund_requests_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT refund_requests_booking_id_fkey FOREIGN KEY(booking_id) REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT refund_requests_reason_id_fkey FOREIGN KEY(reason_id) REFERENCES free_text (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE INDEX refund_requests_due ON refund_requests (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX refund_requests_of_payment ON refund_requests (payment_id);

CREATE TABLE transfers (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    booking_id TEXT NOT NULL,
    teacher_id TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    scheduled_at TEXT NOT NULL,
    pay_at TEXT NOT NULL,
    hold TEXT,
    reservations INTEGER NOT NULL,
    rejections INTEGER NOT NULL,
    stripe_id TEXT NOT NULL,
    cash_id TEXT NOT NULL,
    reversals TEXT NOT NULL,
    look_at TEXT,
    due_at TEXT,
    CONSTRAINT transfers_pkey PRIMARY KEY (id),
    CONSTRAINT transfers_currency_code CHECK (length(currency) = 3),
    CONSTRAINT transfers_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT transfers_state_known CHECK (state IN ('cancelled', 'created', 'on_hold', 'parked', 'reserved', 'scheduled', 'unknown')),
    CONSTRAINT transfers_hold_known CHECK (hold IN ('account_not_ready', 'by_admin', 'contested', 'disputed', 'refund_request_open', 'refused_by_stripe', 'reversed')),
    CONSTRAINT transfers_reservations_not_negative CHECK (reservations >= 0),
    CONSTRAINT transfers_rejections_not_negative CHECK (rejections >= 0),
    CONSTRAINT transfers_version_positive CHECK (version >= 1),
    CONSTRAINT transfers_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT transfers_booking_id_fkey FOREIGN KEY(booking_id) REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE UNIQUE INDEX transfers_cash_id ON transfers (cash_id) WHERE cash_id <> '';

CREATE INDEX transfers_due ON transfers (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX transfers_of_payment ON transfers (payment_id);

CREATE UNIQUE INDEX transfers_open ON transfers (payment_id) WHERE state IN ('on_hold', 'parked', 'reserved', 'scheduled', 'unknown');

CREATE UNIQUE INDEX transfers_stripe_id ON transfers (stripe_id) WHERE stripe_id <> '';

CREATE TABLE effects (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at TEXT NOT NULL,
    target TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    postponed INTEGER NOT NULL,
    leased_until TEXT,
    first_asked_at TEXT,
    asked_at TEXT,
    reason TEXT NOT NULL,
    CONSTRAINT effects_pkey PRIMARY KEY (id),
    CONSTRAINT effects_kind_known CHECK (kind IN ('cancel_intent', 'confirm_intent', 'create_intent', 'create_refund', 'create_transfer')),
    CONSTRAINT effects_state_known CHECK (state IN ('cancelled', 'leased', 'parked', 'queued', 'rejected', 'retry', 'succeeded', 'unknown')),
    CONSTRAINT effects_attempt_positive CHECK (attempt >= 1),
    CONSTRAINT effects_tries_not_negative CHECK (tries >= 0 AND postponed >= 0),
    CONSTRAINT effects_version_positive CHECK (version >= 1),
    CONSTRAINT effects_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE INDEX effects_due ON effects (due_at) WHERE state IN ('leased', 'queued', 'retry', 'unknown');

CREATE INDEX effects_of_payment ON effects (payment_id);

CREATE TABLE legs (
    sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    entry_key TEXT NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    payment_id TEXT,
    CONSTRAINT legs_currency_code CHECK (length(currency) = 3),
    CONSTRAINT legs_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT legs_moves_something CHECK (amount_minor > 0),
    CONSTRAINT legs_between_two_accounts CHECK (debit <> credit),
    CONSTRAINT legs_entry_key_fkey FOREIGN KEY(entry_key) REFERENCES entries ("key"),
    CONSTRAINT legs_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE INDEX legs_of_entry ON legs (entry_key);

CREATE INDEX legs_of_payment ON legs (payment_id);

CREATE INDEX legs_of_receivable_credit ON legs (credit) WHERE credit BETWEEN 'teacher_receivable:' AND 'teacher_receivable:~';

CREATE INDEX legs_of_receivable_debit ON legs (debit) WHERE debit BETWEEN 'teacher_receivable:' AND 'teacher_receivable:~';

CREATE TABLE refunds (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    payment_id TEXT NOT NULL,
    booking_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    price_part_minor INTEGER NOT NULL,
    fee_part_minor INTEGER NOT NULL,
    taken TEXT NOT NULL,
    rule TEXT NOT NULL,
    state TEXT NOT NULL,
    reserved_at TEXT NOT NULL,
    request_id TEXT,
    stripe_id TEXT NOT NULL,
    cash_id TEXT NOT NULL,
    returned_id TEXT NOT NULL,
    failure_reason TEXT NOT NULL,
    due_at TEXT,
    CONSTRAINT refunds_pkey PRIMARY KEY (id),
    CONSTRAINT refunds_currency_code CHECK (length(currency) = 3),
    CONSTRAINT refunds_price_part_minor_not_negative CHECK (price_part_minor >= 0),
    CONSTRAINT refunds_fee_part_minor_not_negative CHECK (fee_part_minor >= 0),
    CONSTRAINT refunds_state_known CHECK (state IN ('failed', 'parked', 'pending', 'rejected', 'reserved', 'succeeded', 'unknown')),
    CONSTRAINT refunds_of_something CHECK (price_part_minor + fee_part_minor > 0),
    CONSTRAINT refunds_for_a_rule CHECK (rule <> ''),
    CONSTRAINT refunds_version_positive CHECK (version >= 1),
    CONSTRAINT refunds_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT refunds_booking_id_fkey FOREIGN KEY(booking_id) REFERENCES bookings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT refunds_request_id_fkey FOREIGN KEY(request_id) REFERENCES refund_requests (id) DEFERRABLE INITIALLY DEFERRED
)
 STRICT;

CREATE UNIQUE INDEX refunds_cash_id ON refunds (cash_id) WHERE cash_id <> '';

CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX refunds_of_payment ON refunds (payment_id);

CREATE UNIQUE INDEX refunds_returned_id ON refunds (returned_id) WHERE returned_id <> '';

CREATE UNIQUE INDEX refunds_stripe_id ON refunds (stripe_id) WHERE stripe_id <> '';

CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added to'); END;

CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only ever added to'); END;

CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only ever added to'); END;

CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only ever added to'); END;

CREATE TRIGGER legs_refuse_update BEFORE UPDATE ON legs BEGIN SELECT RAISE(ABORT, 'legs are only ever added to'); END;

CREATE TRIGGER legs_refuse_delete BEFORE DELETE ON legs BEGIN SELECT RAISE(ABORT, 'legs are only ever added to'); END;

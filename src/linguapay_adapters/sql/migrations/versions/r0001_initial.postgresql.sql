CREATE TABLE calendars (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (id),
    CONSTRAINT calendars_version_positive CHECK (version >= 1)
);

CREATE TABLE accounts (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    account_id VARCHAR COLLATE "C" NOT NULL,
    can_receive BOOLEAN NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_account_named CHECK (account_id <> ''),
    CONSTRAINT accounts_version_positive CHECK (version >= 1)
);

CREATE UNIQUE INDEX accounts_account_id ON accounts (account_id) WHERE account_id <> '';

CREATE TABLE gigs (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    teacher_id VARCHAR COLLATE "C" NOT NULL,
    title VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    hourly_price_minor BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    offered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT gigs_pkey PRIMARY KEY (id),
    CONSTRAINT gigs_currency_code CHECK (length(currency) = 3),
    CONSTRAINT gigs_hourly_price_minor_not_negative CHECK (hourly_price_minor >= 0),
    CONSTRAINT gigs_version_positive CHECK (version >= 1)
);

CREATE TABLE customers (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    customer_id VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_customer_named CHECK (customer_id <> ''),
    CONSTRAINT customers_version_positive CHECK (version >= 1)
);

CREATE UNIQUE INDEX customers_customer_id ON customers (customer_id) WHERE customer_id <> '';

CREATE TABLE people (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    email VARCHAR COLLATE "C" NOT NULL,
    zone VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_version_positive CHECK (version >= 1)
);

CREATE TABLE free_text (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    subject VARCHAR COLLATE "C" NOT NULL,
    author VARCHAR COLLATE "C" NOT NULL,
    text VARCHAR COLLATE "C",
    CONSTRAINT free_text_pkey PRIMARY KEY (id),
    CONSTRAINT free_text_version_positive CHECK (version >= 1)
);

CREATE INDEX free_text_by_author ON free_text (author);

CREATE TABLE bookmarks (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT bookmarks_pkey PRIMARY KEY (id),
    CONSTRAINT bookmarks_version_positive CHECK (version >= 1)
);

CREATE TABLE alarms (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    rule VARCHAR COLLATE "C" NOT NULL,
    subject VARCHAR COLLATE "C" NOT NULL,
    detail VARCHAR COLLATE "C" NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cleared_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT alarms_pkey PRIMARY KEY (id),
    CONSTRAINT alarms_version_positive CHECK (version >= 1)
);

CREATE INDEX alarms_of_subject ON alarms (subject);

CREATE INDEX alarms_open ON alarms (raised_at) WHERE cleared_at IS NULL;

CREATE TABLE webhook_events (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    object_kind VARCHAR COLLATE "C" NOT NULL,
    object_id VARCHAR COLLATE "C" NOT NULL,
    account_id VARCHAR COLLATE "C" NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    tries BIGINT NOT NULL,
    reason VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (id),
    CONSTRAINT webhook_events_object_kind_known CHECK (object_kind IN ('account', 'intent', 'other', 'refund', 'transfer')),
    CONSTRAINT webhook_events_state_known CHECK (state IN ('done', 'ignored', 'leased', 'parked', 'received', 'retry')),
    CONSTRAINT webhook_events_tries_not_negative CHECK (tries >= 0),
    CONSTRAINT webhook_events_version_positive CHECK (version >= 1)
);

CREATE INDEX webhook_events_due ON webhook_events (due_at) WHERE state IN ('leased', 'received', 'retry');

CREATE INDEX webhook_events_lanes ON webhook_events (object_kind, object_id) WHERE state IN ('leased', 'received', 'retry');

CREATE TABLE events (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    subject VARCHAR COLLATE "C" NOT NULL,
    name VARCHAR COLLATE "C" NOT NULL,
    fact_version BIGINT NOT NULL,
    fact VARCHAR COLLATE "C" NOT NULL,
    role VARCHAR COLLATE "C" NOT NULL,
    person VARCHAR COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    why VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (sequence),
    CONSTRAINT events_role_known CHECK (role IN ('admin', 'clock', 'platform', 'stripe', 'student', 'system', 'teacher')),
    CONSTRAINT events_fact_version_positive CHECK (fact_version >= 1)
);

CREATE INDEX events_of_subject ON events (subject);

CREATE TABLE entries (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    key VARCHAR COLLATE "C" NOT NULL,
    what VARCHAR COLLATE "C" NOT NULL,
    subject VARCHAR COLLATE "C" NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    cash VARCHAR COLLATE "C",
    CONSTRAINT entries_pkey PRIMARY KEY (sequence),
    CONSTRAINT entries_key_unique UNIQUE (key),
    CONSTRAINT entries_cash_unique UNIQUE (cash)
);

CREATE TABLE bookings (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    gig_id VARCHAR COLLATE "C" NOT NULL,
    student_id VARCHAR COLLATE "C" NOT NULL,
    teacher_id VARCHAR COLLATE "C" NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    minutes BIGINT NOT NULL,
    currency TEXT NOT NULL,
    hourly_price_minor BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL,
    terms VARCHAR COLLATE "C" NOT NULL,
    deadlines VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answer_by TIMESTAMP WITH TIME ZONE NOT NULL,
    pay_by TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    absent VARCHAR COLLATE "C",
    proposed_starts_at TIMESTAMP WITH TIME ZONE,
    proposed_by VARCHAR COLLATE "C",
    due_at TIMESTAMP WITH TIME ZONE,
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
);

CREATE INDEX bookings_due ON bookings (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX bookings_of_calendar ON bookings (teacher_id, ends_at) WHERE state IN ('confirmed', 'contested', 'paid', 'paying', 'requested');

CREATE TABLE payments (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    booking_id VARCHAR COLLATE "C" NOT NULL,
    student_id VARCHAR COLLATE "C" NOT NULL,
    teacher_id VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    price_part_minor BIGINT NOT NULL,
    fee_part_minor BIGINT NOT NULL,
    captured_price_part_minor BIGINT NOT NULL,
    captured_fee_part_minor BIGINT NOT NULL,
    reserved_price_part_minor BIGINT NOT NULL,
    reserved_fee_part_minor BIGINT NOT NULL,
    refunded_price_part_minor BIGINT NOT NULL,
    refunded_fee_part_minor BIGINT NOT NULL,
    credit_price_part_minor BIGINT NOT NULL,
    credit_fee_part_minor BIGINT NOT NULL,
    disputed_price_part_minor BIGINT NOT NULL,
    disputed_fee_part_minor BIGINT NOT NULL,
    transfer_reserved_minor BIGINT NOT NULL,
    transferred_minor BIGINT NOT NULL,
    sent_back_minor BIGINT NOT NULL,
    live BOOLEAN NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    holds_booking BOOLEAN NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    customer_id VARCHAR COLLATE "C" NOT NULL,
    method_id VARCHAR COLLATE "C" NOT NULL,
    save_method BOOLEAN NOT NULL,
    confirms BIGINT NOT NULL,
    intent_id VARCHAR COLLATE "C" NOT NULL,
    charge_id VARCHAR COLLATE "C" NOT NULL,
    cash_id VARCHAR COLLATE "C" NOT NULL,
    card_brand VARCHAR COLLATE "C" NOT NULL,
    decline_code VARCHAR COLLATE "C" NOT NULL,
    succeeded_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
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
);

CREATE UNIQUE INDEX payments_cash_id ON payments (cash_id) WHERE cash_id <> '';

CREATE UNIQUE INDEX payments_charge_id ON payments (charge_id) WHERE charge_id <> '';

CREATE INDEX payments_due ON payments (due_at) WHERE due_at IS NOT NULL;

CREATE UNIQUE INDEX payments_holding ON payments (booking_id) WHERE holds_booking;

CREATE UNIQUE INDEX payments_intent_id ON payments (intent_id) WHERE intent_id <> '';

CREATE INDEX payments_of_booking ON payments (booking_id);

CREATE TABLE refund_requests (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    payment_id VARCHAR COLLATE "C" NOT NULL,
    booking_id VARCHAR COLLATE "C" NOT NULL,
    student_id VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    reason_id VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approvals VARCHAR COLLATE "C" NOT NULL,
    approvals_needed BIGINT NOT NULL,
    platform_bears BOOLEAN NOT NULL,
    refund_id VARCHAR COLLATE "C",
    blocked_reason VARCHAR COLLATE "C" NOT NULL,
    moved_by VARCHAR COLLATE "C",
    moved_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
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
);

CREATE INDEX refund_requests_due ON refund_requests (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX refund_requests_of_payment ON refund_requests (payment_id);

CREATE TABLE transfers (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    payment_id VARCHAR COLLATE "C" NOT NULL,
    booking_id VARCHAR COLLATE "C" NOT NULL,
    teacher_id VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    scheduled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    pay_at TIMESTAMP WITH TIME ZONE NOT NULL,
    hold VARCHAR COLLATE "C",
    reservations BIGINT NOT NULL,
    rejections BIGINT NOT NULL,
    stripe_id VARCHAR COLLATE "C" NOT NULL,
    cash_id VARCHAR COLLATE "C" NOT NULL,
    reversals VARCHAR COLLATE "C" NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
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
);

CREATE UNIQUE INDEX transfers_cash_id ON transfers (cash_id) WHERE cash_id <> '';

CREATE INDEX transfers_due ON transfers (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX transfers_of_payment ON transfers (payment_id);

CREATE UNIQUE INDEX transfers_open ON transfers (payment_id) WHERE state IN ('on_hold', 'parked', 'reserved', 'scheduled', 'unknown');

CREATE UNIQUE INDEX transfers_stripe_id ON transfers (stripe_id) WHERE stripe_id <> '';

CREATE TABLE effects (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    kind VARCHAR COLLATE "C" NOT NULL,
    subject VARCHAR COLLATE "C" NOT NULL,
    payment_id VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    target VARCHAR COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    postponed BIGINT NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    first_asked_at TIMESTAMP WITH TIME ZONE,
    asked_at TIMESTAMP WITH TIME ZONE,
    reason VARCHAR COLLATE "C" NOT NULL,
    CONSTRAINT effects_pkey PRIMARY KEY (id),
    CONSTRAINT effects_kind_known CHECK (kind IN ('cancel_intent', 'confirm_intent', 'create_intent', 'create_refund', 'create_transfer')),
    CONSTRAINT effects_state_known CHECK (state IN ('cancelled', 'leased', 'parked', 'queued', 'rejected', 'retry', 'succeeded', 'unknown')),
    CONSTRAINT effects_attempt_positive CHECK (attempt >= 1),
    CONSTRAINT effects_tries_not_negative CHECK (tries >= 0 AND postponed >= 0),
    CONSTRAINT effects_version_positive CHECK (version >= 1),
    CONSTRAINT effects_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX effects_due ON effects (due_at) WHERE state IN ('leased', 'queued', 'retry', 'unknown');

CREATE INDEX effects_of_payment ON effects (payment_id);

CREATE TABLE legs (
    sequence BIGINT GENERATED ALWAYS AS IDENTITY,
    entry_key VARCHAR COLLATE "C" NOT NULL,
    debit VARCHAR COLLATE "C" NOT NULL,
    credit VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    payment_id VARCHAR COLLATE "C",
    CONSTRAINT legs_pkey PRIMARY KEY (sequence),
    CONSTRAINT legs_currency_code CHECK (length(currency) = 3),
    CONSTRAINT legs_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT legs_moves_something CHECK (amount_minor > 0),
    CONSTRAINT legs_between_two_accounts CHECK (debit <> credit),
    CONSTRAINT legs_entry_key_fkey FOREIGN KEY(entry_key) REFERENCES entries (key),
    CONSTRAINT legs_payment_id_fkey FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX legs_of_entry ON legs (entry_key);

CREATE INDEX legs_of_payment ON legs (payment_id);

CREATE INDEX legs_of_receivable_credit ON legs (credit) WHERE credit BETWEEN 'teacher_receivable:' AND 'teacher_receivable:~';

CREATE INDEX legs_of_receivable_debit ON legs (debit) WHERE debit BETWEEN 'teacher_receivable:' AND 'teacher_receivable:~';

CREATE TABLE refunds (
    id VARCHAR COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    payment_id VARCHAR COLLATE "C" NOT NULL,
    booking_id VARCHAR COLLATE "C" NOT NULL,
    currency TEXT NOT NULL,
    price_part_minor BIGINT NOT NULL,
    fee_part_minor BIGINT NOT NULL,
    taken VARCHAR COLLATE "C" NOT NULL,
    rule VARCHAR COLLATE "C" NOT NULL,
    state VARCHAR COLLATE "C" NOT NULL,
    reserved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    request_id VARCHAR COLLATE "C",
    stripe_id VARCHAR COLLATE "C" NOT NULL,
    cash_id VARCHAR COLLATE "C" NOT NULL,
    returned_id VARCHAR COLLATE "C" NOT NULL,
    failure_reason VARCHAR COLLATE "C" NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
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
);

CREATE UNIQUE INDEX refunds_cash_id ON refunds (cash_id) WHERE cash_id <> '';

CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;

CREATE INDEX refunds_of_payment ON refunds (payment_id);

CREATE UNIQUE INDEX refunds_returned_id ON refunds (returned_id) WHERE returned_id <> '';

CREATE UNIQUE INDEX refunds_stripe_id ON refunds (stripe_id) WHERE stripe_id <> '';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' are only ever added to';
END $$;

ALTER TABLE events ADD COLUMN writer xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX events_by_writer ON events (writer, sequence);

CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE entries ADD COLUMN writer xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX entries_by_writer ON entries (writer, sequence);

CREATE TRIGGER entries_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE legs ADD COLUMN writer xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX legs_by_writer ON legs (writer, sequence);

CREATE TRIGGER legs_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON legs FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

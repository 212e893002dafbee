"""home visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('diary',
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_diary'))
    )
    op.create_table('visit_draft',
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('pupils', sa.String(), nullable=False),
    sa.Column('aim', sa.String(), nullable=False),
    sa.Column('sealed_aim', sa.LargeBinary(), nullable=True),
    sa.Column('companion_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_visit_draft'))
    )
    op.create_table('pupil_area',
    sa.Column('pupil_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sealed_name', sa.LargeBinary(), nullable=False),
    sa.Column('area_hash', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('pupil_id', name=op.f('pk_pupil_area'))
    )
    with op.batch_alter_table('pupil_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pupil_area_area_hash'), ['area_hash'], unique=False)

    op.create_table('visit_record',
    sa.Column('visit_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sealed_plain', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_private', sa.LargeBinary(), nullable=True),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('saved_at', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.Column('finished_by', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_visit_record'))
    )
    op.create_table('availability',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('weekday', sa.SmallInteger(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('begins', sa.SmallInteger(), nullable=False),
    sa.Column('ends', sa.SmallInteger(), nullable=False),
    sa.Column('free', sa.Boolean(), nullable=False),
    sa.CheckConstraint('(weekday IS NULL) <> (day IS NULL)', name=op.f('ck_availability_weekly_or_once')),
    sa.CheckConstraint('0 <= begins AND begins < ends AND ends <= 1440', name=op.f('ck_availability_in_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_availability_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_availability'))
    )
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.create_index('ix_availability_person', ['person_id'], unique=False)

    op.create_table('visit_wait',
    sa.Column('visit_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('mentor_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('seen', sa.String(), nullable=False),
    sa.Column('look', sa.Boolean(), nullable=False),
    sa.Column('looked_on', sa.Integer(), server_default='0', nullable=False),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_visit_wait_guardian_id')),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_visit_wait_mentor_id')),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_visit_wait'))
    )
    with op.batch_alter_table('visit_wait', schema=None) as batch_op:
        batch_op.create_index('ix_visit_wait_look', ['mentor_id'], unique=False, sqlite_where=sa.text('look'), postgresql_where=sa.text('look'))
        batch_op.create_index(batch_op.f('ix_visit_wait_looked_on'), ['looked_on'], unique=False)
        batch_op.create_index('ix_visit_wait_mentor', ['mentor_id', 'since'], unique=False)

    op.create_table('visit',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('aim', sa.String(), nullable=False),
    sa.Column('sealed_aim', sa.LargeBinary(), nullable=True),
    sa.Column('asked_by_guardian', sa.Boolean(), nullable=False),
    sa.Column('mentor_id', sa.BigInteger(), nullable=False),
    sa.Column('companion_id', sa.BigInteger(), nullable=True),
    sa.Column('companion_says', sa.String(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=True),
    sa.Column('form', sa.String(), nullable=True),
    sa.Column('starts_at', sa.BigInteger(), nullable=True),
    sa.Column('ends_at', sa.BigInteger(), nullable=True),
    sa.Column('wish_at', sa.BigInteger(), nullable=True),
    sa.Column('wish_form', sa.String(), nullable=True),
    sa.Column('wish_by', sa.BigInteger(), nullable=True),
    sa.Column('wish_proposed', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.SmallInteger(), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('sealed_place', sa.LargeBinary(), nullable=True),
    sa.Column('area_hash', sa.LargeBinary(), nullable=True),
    sa.Column('day_told', sa.SmallInteger(), server_default='-1', nullable=False),
    sa.Column('soon_told', sa.SmallInteger(), server_default='-1', nullable=False),
    sa.Column('arrived_at', sa.BigInteger(), nullable=True),
    sa.Column('left_at', sa.BigInteger(), nullable=True),
    sa.Column('safety_step', sa.SmallInteger(), nullable=False),
    sa.Column('safety_at', sa.BigInteger(), nullable=True),
    sa.Column('safe_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('follow_up_on', sa.Date(), nullable=True),
    sa.Column('follow_up_by', sa.BigInteger(), nullable=True),
    sa.Column('followed_up_at', sa.BigInteger(), nullable=True),
    sa.Column('record_asked_at', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("state NOT IN ('confirmed', 'in_progress') OR starts_at IS NOT NULL", name=op.f('ck_visit_has_time')),
    sa.CheckConstraint('(starts_at IS NULL) = (ends_at IS NULL)', name=op.f('ck_visit_both_ends')),
    sa.CheckConstraint('starts_at IS NULL OR starts_at < ends_at', name=op.f('ck_visit_in_order')),
    sa.ForeignKeyConstraint(['companion_id'], ['person.id'], name=op.f('fk_visit_companion_id')),
    sa.ForeignKeyConstraint(['follow_up_by'], ['person.id'], name=op.f('fk_visit_follow_up_by')),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_visit_guardian_id')),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_visit_mentor_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_visit_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_visit_school_id')),
    sa.ForeignKeyConstraint(['wish_by'], ['person.id'], name=op.f('fk_visit_wish_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit'))
    )
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.create_index('ix_visit_after', ['ended_at'], unique=False, sqlite_where=sa.text("state IN ('held', 'agreed')"), postgresql_where=sa.text("state IN ('held', 'agreed')"))
        batch_op.create_index('ix_visit_companion', ['companion_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_visit_follow_up', ['follow_up_by', 'follow_up_on'], unique=False, sqlite_where=sa.text('follow_up_on IS NOT NULL AND followed_up_at IS NULL'), postgresql_where=sa.text('follow_up_on IS NOT NULL AND followed_up_at IS NULL'))
        batch_op.create_index('ix_visit_going', ['starts_at'], unique=False, sqlite_where=sa.text("state IN ('confirmed', 'in_progress')"), postgresql_where=sa.text("state IN ('confirmed', 'in_progress')"))
        batch_op.create_index('ix_visit_mentor', ['mentor_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_visit_place', ['ends_at'], unique=False, sqlite_where=sa.text('sealed_place IS NOT NULL'), postgresql_where=sa.text('sealed_place IS NOT NULL'))
        batch_op.create_index('ix_visit_pupil', ['pupil_id', 'created_at'], unique=False)
        batch_op.create_index('ix_visit_school', ['school_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_visit_invited', ['created_at'], unique=False, sqlite_where=sa.text("state = 'invited'"), postgresql_where=sa.text("state = 'invited'"))
        batch_op.create_index('ix_visit_wish', ['wish_at'], unique=False, sqlite_where=sa.text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"), postgresql_where=sa.text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"))
        batch_op.create_index('ix_visit_planned', ['created_at'], unique=False, sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
        batch_op.create_index('ix_visit_unwritten', ['ends_at'], unique=False, sqlite_where=sa.text("record_asked_at IS NULL AND state IN ('confirmed', 'in_progress', 'held')"), postgresql_where=sa.text("record_asked_at IS NULL AND state IN ('confirmed', 'in_progress', 'held')"))
        batch_op.create_index('uq_visit_open', ['pupil_id', 'purpose'], unique=True, sqlite_where=sa.text("state IN ('planned', 'invited', 'accepted', 'confirmed', 'in_progress')"), postgresql_where=sa.text("state IN ('planned', 'invited', 'accepted', 'confirmed', 'in_progress')"))

    op.create_table('agreement',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('sealed_school', sa.LargeBinary(), nullable=False),
    sa.Column('sealed_family', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('by_person', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_by', sa.BigInteger(), nullable=True),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('reminded_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['by_person'], ['person.id'], name=op.f('fk_agreement_by_person')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_agreement_pupil_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_agreement_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('visit_id', 'number', name=op.f('uq_agreement_visit_id_number'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index('ix_agreement_pupil', ['pupil_id', 'id'], unique=False)
        batch_op.create_index('ix_agreement_waits', ['at'], unique=False, sqlite_where=sa.text("state = 'proposed' AND reminded_at IS NULL"), postgresql_where=sa.text("state = 'proposed' AND reminded_at IS NULL"))

    op.create_table('busy',
    sa.Column('subject_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('grain', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_busy_visit_id')),
    sa.PrimaryKeyConstraint('subject_id', 'grain', name=op.f('pk_busy'))
    )
    with op.batch_alter_table('busy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_busy_visit_id'), ['visit_id'], unique=False)

    op.create_table('visit_answer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_visit_answer_guardian_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_answer_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_answer')),
    sa.UniqueConstraint('visit_id', 'guardian_id', 'question', name=op.f('uq_visit_answer_visit_id_guardian_id_question'))
    )
    op.create_table('visit_feedback',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=False),
    sa.Column('stars', sa.SmallInteger(), nullable=False),
    sa.Column('sealed_comment', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_visit_feedback_guardian_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_feedback_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_feedback')),
    sa.UniqueConstraint('visit_id', 'guardian_id', name=op.f('uq_visit_feedback_visit_id_guardian_id'))
    )
    op.create_table('visit_guest',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=False),
    sa.Column('reply', sa.String(), nullable=False),
    sa.Column('topics', sa.String(), server_default='', nullable=False),
    sa.Column('sealed_wish', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_visit_guest_guardian_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_guest_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_guest')),
    sa.UniqueConstraint('visit_id', 'guardian_id', name=op.f('uq_visit_guest_visit_id_guardian_id'))
    )
    with op.batch_alter_table('visit_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_guest_guardian_id'), ['guardian_id'], unique=False)

    op.create_table('visit_log',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('actor_id', sa.BigInteger(), nullable=True),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_log_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_log'))
    )
    with op.batch_alter_table('visit_log', schema=None) as batch_op:
        batch_op.create_index('ix_visit_log_visit', ['visit_id', 'id'], unique=False)

    op.create_table('visit_offer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('mentor_id', sa.BigInteger(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_visit_offer_mentor_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_offer_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_offer')),
    sa.UniqueConstraint('visit_id', 'starts_at', name=op.f('uq_visit_offer_visit_id_starts_at'))
    )
    with op.batch_alter_table('visit_offer', schema=None) as batch_op:
        batch_op.create_index('ix_visit_offer_mentor', ['mentor_id', 'until'], unique=False)
        batch_op.create_index('ix_visit_offer_open', ['until'], unique=False, sqlite_where=sa.text('open'), postgresql_where=sa.text('open'))

    op.create_table('visit_shown',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('visit_id', sa.BigInteger(), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=False),
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('erase_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_shown_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_shown'))
    )
    with op.batch_alter_table('visit_shown', schema=None) as batch_op:
        batch_op.create_index('ix_visit_shown_visit', ['visit_id'], unique=False)

    # ### end Alembic commands ###


def downgrade() -> None:
    with op.batch_alter_table('visit_shown', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_shown_visit')

    op.drop_table('visit_shown')
    with op.batch_alter_table('visit_offer', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_offer_open', sqlite_where=sa.text('open'), postgresql_where=sa.text('open'))
        batch_op.drop_index('ix_visit_offer_mentor')

    op.drop_table('visit_offer')
    with op.batch_alter_table('visit_log', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_log_visit')

    op.drop_table('visit_log')
    with op.batch_alter_table('visit_guest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_guest_guardian_id'))

    op.drop_table('visit_guest')
    op.drop_table('visit_feedback')
    op.drop_table('visit_answer')
    with op.batch_alter_table('busy', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_busy_visit_id'))

    op.drop_table('busy')
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.drop_index('ix_agreement_waits', sqlite_where=sa.text("state = 'proposed' AND reminded_at IS NULL"), postgresql_where=sa.text("state = 'proposed' AND reminded_at IS NULL"))
        batch_op.drop_index('ix_agreement_pupil')

    op.drop_table('agreement')
    with op.batch_alter_table('visit', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_unwritten', sqlite_where=sa.text("record_asked_at IS NULL AND state IN ('confirmed', 'in_progress', 'held')"), postgresql_where=sa.text("record_asked_at IS NULL AND state IN ('confirmed', 'in_progress', 'held')"))
        batch_op.drop_index('uq_visit_open', sqlite_where=sa.text("state IN ('planned', 'invited', 'accepted', 'confirmed', 'in_progress')"), postgresql_where=sa.text("state IN ('planned', 'invited', 'accepted', 'confirmed', 'in_progress')"))
        batch_op.drop_index('ix_visit_planned', sqlite_where=sa.text("state = 'planned'"), postgresql_where=sa.text("state = 'planned'"))
        batch_op.drop_index('ix_visit_wish', sqlite_where=sa.text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"), postgresql_where=sa.text("wish_at IS NOT NULL AND state IN ('accepted', 'confirmed')"))
        batch_op.drop_index('ix_visit_invited', sqlite_where=sa.text("state = 'invited'"), postgresql_where=sa.text("state = 'invited'"))
        batch_op.drop_index('ix_visit_school')
        batch_op.drop_index('ix_visit_place', sqlite_where=sa.text('sealed_place IS NOT NULL'), postgresql_where=sa.text('sealed_place IS NOT NULL'))
        batch_op.drop_index('ix_visit_pupil')
        batch_op.drop_index('ix_visit_mentor')
        batch_op.drop_index('ix_visit_going', sqlite_where=sa.text("state IN ('confirmed', 'in_progress')"), postgresql_where=sa.text("state IN ('confirmed', 'in_progress')"))
        batch_op.drop_index('ix_visit_follow_up', sqlite_where=sa.text('follow_up_on IS NOT NULL AND followed_up_at IS NULL'), postgresql_where=sa.text('follow_up_on IS NOT NULL AND followed_up_at IS NULL'))
        batch_op.drop_index('ix_visit_companion')
        batch_op.drop_index('ix_visit_after', sqlite_where=sa.text("state IN ('held', 'agreed')"), postgresql_where=sa.text("state IN ('held', 'agreed')"))

    op.drop_table('visit')
    with op.batch_alter_table('visit_wait', schema=None) as batch_op:
        batch_op.drop_index('ix_visit_wait_mentor')
        batch_op.drop_index(batch_op.f('ix_visit_wait_looked_on'))
        batch_op.drop_index('ix_visit_wait_look', sqlite_where=sa.text('look'), postgresql_where=sa.text('look'))

    op.drop_table('visit_wait')
    with op.batch_alter_table('availability', schema=None) as batch_op:
        batch_op.drop_index('ix_availability_person')

    op.drop_table('availability')
    op.drop_table('visit_record')
    with op.batch_alter_table('pupil_area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pupil_area_area_hash'))

    op.drop_table('pupil_area')
    op.drop_table('visit_draft')
    op.drop_table('diary')
    # ### end Alembic commands ###

"""the whole practice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import models.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('access_chain',
    sa.Column('school_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('first_number', sa.BigInteger(), nullable=False),
    sa.Column('first_digest', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('school_id', name=op.f('pk_access_chain'))
    )
    op.create_table('data_export',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('bot_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('extra', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_export'))
    )
    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.create_index('ix_data_export_account', ['account_id', 'at'], unique=False)
        batch_op.create_index('ix_data_export_asked', ['id'], unique=False, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.create_table('district',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_district')),
    sa.UniqueConstraint('name', name=op.f('uq_district_name'))
    )
    op.create_table('file_sweep',
    sa.Column('id', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('after', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_sweep'))
    )
    op.create_table('retention_mark',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('floor', sa.BigInteger(), nullable=False),
    sa.Column('rests_until', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_retention_mark'))
    )
    op.create_table('city_count',
    sa.Column('school_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('span', sa.String(), nullable=False),
    sa.Column('begins', sa.Date(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_city_count_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'span', 'begins', 'what', name=op.f('pk_city_count'))
    )
    with op.batch_alter_table('city_count', schema=None) as batch_op:
        batch_op.create_index('ix_city_count_begins', ['span', 'begins'], unique=False)

    op.create_table('city_counted',
    sa.Column('school_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=True),
    sa.Column('asked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_city_counted_school_id')),
    sa.PrimaryKeyConstraint('school_id', name=op.f('pk_city_counted'))
    )
    op.create_table('directory_hidden',
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('card_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_directory_hidden_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'card_id', name=op.f('pk_directory_hidden'))
    )
    op.create_table('directory_pick',
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('card_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_directory_pick_school_id')),
    sa.PrimaryKeyConstraint('school_id', 'month', name=op.f('pk_directory_pick'))
    )
    op.create_table('directory_search',
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_directory_search_account_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_directory_search'))
    )
    op.create_table('district_school',
    sa.Column('school_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('district_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['district_id'], ['district.id'], name=op.f('fk_district_school_district_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_district_school_school_id')),
    sa.PrimaryKeyConstraint('school_id', name=op.f('pk_district_school'))
    )
    with op.batch_alter_table('district_school', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_district_school_district_id'), ['district_id'], unique=False)

    op.create_table('evidence_criterion',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.SmallInteger(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('zh', sa.String(), nullable=False),
    sa.Column('en', sa.String(), nullable=False),
    sa.Column('about_zh', sa.String(), nullable=False),
    sa.Column('about_en', sa.String(), nullable=False),
    sa.Column('counter', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('wanted', sa.String(), nullable=False),
    sa.Column('star', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_evidence_criterion_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_criterion')),
    sa.UniqueConstraint('school_id', 'code', name=op.f('uq_evidence_criterion_school_id_code'))
    )
    op.create_table('mentor_poll',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.SmallInteger(), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=True),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('listed_at', sa.BigInteger(), nullable=True),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_mentor_poll_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_poll')),
    sa.UniqueConstraint('school_id', 'year', name=op.f('uq_mentor_poll_school_id_year'))
    )
    with op.batch_alter_table('mentor_poll', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_poll_running', ['ends_at'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('training_case',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('stages', sa.String(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_case_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_case')),
    sa.UniqueConstraint('school_id', 'code', name=op.f('uq_training_case_school_id_code'))
    )
    op.create_table('evidence_sheet',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('begins', sa.Date(), nullable=False),
    sa.Column('ends', sa.Date(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('handed_at', sa.BigInteger(), nullable=False),
    sa.Column('noted_at', sa.BigInteger(), nullable=True),
    sa.Column('noted_by', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by'], ['person.id'], name=op.f('fk_evidence_sheet_noted_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evidence_sheet_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_evidence_sheet_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_sheet'))
    )
    with op.batch_alter_table('evidence_sheet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_sheet_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_evidence_sheet_school', ['school_id', 'handed_at'], unique=False)
        batch_op.create_index('uq_evidence_sheet_open', ['person_id', 'begins'], unique=True, sqlite_where=sa.text('noted_at IS NULL'), postgresql_where=sa.text('noted_at IS NULL'))

    op.create_table('evidence_sum',
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('begins', sa.Date(), nullable=False),
    sa.Column('counter', sa.String(), nullable=False),
    sa.Column('many', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evidence_sum_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'begins', 'counter', name=op.f('pk_evidence_sum'))
    )
    op.create_table('evidence_words',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('begins', sa.Date(), nullable=False),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_evidence_words_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_words')),
    sa.UniqueConstraint('person_id', 'begins', name=op.f('uq_evidence_words_person_id_begins'))
    )
    op.create_table('match_round',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('wishes_until', sa.BigInteger(), nullable=True),
    sa.Column('capacity', sa.SmallInteger(), nullable=False),
    sa.Column('balance', sa.Boolean(), nullable=False),
    sa.Column('priority', sa.Boolean(), nullable=False),
    sa.Column('keep', sa.Boolean(), nullable=False),
    sa.Column('seed', sa.BigInteger(), nullable=False),
    sa.Column('slack', sa.SmallInteger(), nullable=True),
    sa.Column('unbounded', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=True),
    sa.Column('reminded_at', sa.BigInteger(), nullable=True),
    sa.Column('proposed_at', sa.BigInteger(), nullable=True),
    sa.Column('shown_at', sa.BigInteger(), nullable=True),
    sa.Column('live_at', sa.BigInteger(), nullable=True),
    sa.Column('over_at', sa.BigInteger(), nullable=True),
    sa.Column('forgotten_at', sa.BigInteger(), nullable=True),
    sa.Column('pupils', sa.Integer(), nullable=False),
    sa.Column('wished', sa.Integer(), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('second', sa.Integer(), nullable=False),
    sa.Column('third', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['person.id'], name=op.f('fk_match_round_created_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_match_round_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_round'))
    )
    with op.batch_alter_table('match_round', schema=None) as batch_op:
        batch_op.create_index('ix_match_round_school', ['school_id', 'state'], unique=False)

    op.create_table('training_choice',
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('cases', sa.Boolean(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_choice_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_training_choice'))
    )
    op.create_table('directory_card',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=True),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('sealed_content', sa.LargeBinary(), nullable=False),
    sa.Column('stages', sa.String(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('sign_up', sa.String(), nullable=False),
    sa.Column('approver_id', sa.BigInteger(), nullable=True),
    sa.Column('class_id', sa.BigInteger(), nullable=True),
    sa.Column('offered_by', sa.BigInteger(), nullable=True),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('taken >= 0', name=op.f('ck_directory_card_taken')),
    sa.ForeignKeyConstraint(['approver_id'], ['person.id'], name=op.f('fk_directory_card_approver_id')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_directory_card_class_id')),
    sa.ForeignKeyConstraint(['offered_by'], ['person.id'], name=op.f('fk_directory_card_offered_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_directory_card_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_card'))
    )
    with op.batch_alter_table('directory_card', schema=None) as batch_op:
        batch_op.create_index('ix_directory_card_left', ['id'], unique=False, sqlite_where=sa.text('ended_at IS NOT NULL AND taken > 0'), postgresql_where=sa.text('ended_at IS NOT NULL AND taken > 0'))
        batch_op.create_index('ix_directory_card_school', ['school_id'], unique=False, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index('uq_directory_card_all', ['code'], unique=True, sqlite_where=sa.text('school_id IS NULL'), postgresql_where=sa.text('school_id IS NULL'))
        batch_op.create_index('uq_directory_card_code', ['school_id', 'code'], unique=True)

    op.create_table('match_class',
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('class_id', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('looked_by', sa.BigInteger(), nullable=True),
    sa.Column('looked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_match_class_class_id')),
    sa.ForeignKeyConstraint(['looked_by'], ['person.id'], name=op.f('fk_match_class_looked_by')),
    sa.ForeignKeyConstraint(['round_id'], ['match_round.id'], name=op.f('fk_match_class_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'class_id', name=op.f('pk_match_class'))
    )
    with op.batch_alter_table('match_class', schema=None) as batch_op:
        batch_op.create_index('uq_match_class_open', ['class_id'], unique=True, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))

    op.create_table('match_mentor',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('capacity', sa.SmallInteger(), nullable=True),
    sa.Column('sealed_wish', sa.LargeBinary(), nullable=True),
    sa.Column('wished_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_match_mentor_person_id')),
    sa.ForeignKeyConstraint(['round_id'], ['match_round.id'], name=op.f('fk_match_mentor_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_mentor')),
    sa.UniqueConstraint('round_id', 'person_id', name=op.f('uq_match_mentor_round_id_person_id'))
    )
    with op.batch_alter_table('match_mentor', schema=None) as batch_op:
        batch_op.create_index('ix_match_mentor_person', ['person_id'], unique=False)

    op.create_table('match_telling',
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('cursor', sa.BigInteger(), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['round_id'], ['match_round.id'], name=op.f('fk_match_telling_round_id')),
    sa.PrimaryKeyConstraint('round_id', 'what', name=op.f('pk_match_telling'))
    )
    with op.batch_alter_table('match_telling', schema=None) as batch_op:
        batch_op.create_index('ix_match_telling_open', ['begun_at'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.create_table('mentor_poll_sum',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('poll_id', sa.BigInteger(), nullable=False),
    sa.Column('class_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_pending', sa.LargeBinary(), nullable=True),
    sa.Column('shown_answered', sa.Integer(), nullable=False),
    sa.Column('shown_knew', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_mentor_poll_sum_class_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['mentor_poll.id'], name=op.f('fk_mentor_poll_sum_poll_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_poll_sum')),
    sa.UniqueConstraint('poll_id', 'class_id', name=op.f('uq_mentor_poll_sum_poll_id_class_id'))
    )
    op.create_table('correction',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=True),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('sealed_value', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_correction_decided_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_correction_person_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_correction_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_correction_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction'))
    )
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.create_index('ix_correction_person', ['person_id', 'at'], unique=False)
        batch_op.create_index('ix_correction_school', ['school_id', 'state', 'id'], unique=False)

    op.create_table('directory_offer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('class_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_about', sa.LargeBinary(), nullable=False),
    sa.Column('suits', sa.String(), nullable=False),
    sa.Column('named', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('sealed_question', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('card_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['directory_card.id'], name=op.f('fk_directory_offer_card_id')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_directory_offer_class_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_directory_offer_decided_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_directory_offer_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_offer'))
    )
    with op.batch_alter_table('directory_offer', schema=None) as batch_op:
        batch_op.create_index('ix_directory_offer_class', ['class_id', 'state'], unique=False)
        batch_op.create_index('ix_directory_offer_over', ['ended_at'], unique=False, sqlite_where=sa.text('ended_at IS NOT NULL'), postgresql_where=sa.text('ended_at IS NOT NULL'))
        batch_op.create_index(batch_op.f('ix_directory_offer_person_id'), ['person_id'], unique=False)

    op.create_table('directory_request',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('card_id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('as_mentor', sa.Boolean(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=True),
    sa.Column('class_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('sealed_word', sa.LargeBinary(), nullable=True),
    sa.Column('sealed_answer', sa.LargeBinary(), nullable=True),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('reminded_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['card_id'], ['directory_card.id'], name=op.f('fk_directory_request_card_id')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_directory_request_class_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_directory_request_decided_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_directory_request_person_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_directory_request_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_directory_request_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_directory_request'))
    )
    with op.batch_alter_table('directory_request', schema=None) as batch_op:
        batch_op.create_index('ix_directory_request_card', ['card_id', 'person_id'], unique=False)
        batch_op.create_index('ix_directory_request_holds', ['until'], unique=False, sqlite_where=sa.text("state = 'approved'"), postgresql_where=sa.text("state = 'approved'"))
        batch_op.create_index('ix_directory_request_open', ['school_id', 'at'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.create_index('ix_directory_request_over', ['ended_at'], unique=False, sqlite_where=sa.text('ended_at IS NOT NULL'), postgresql_where=sa.text('ended_at IS NOT NULL'))
        batch_op.create_index('ix_directory_request_person', ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_directory_request_pupil_id'), ['pupil_id'], unique=False)

    op.create_table('erasure',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=True),
    sa.Column('pupil_id', sa.BigInteger(), nullable=True),
    sa.Column('asked_by', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('again_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_erasure_asked_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_erasure_person_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_erasure_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_erasure_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure'))
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index('ix_erasure_again', ['again_at'], unique=False, sqlite_where=sa.text('again_at IS NOT NULL'), postgresql_where=sa.text('again_at IS NOT NULL'))
        batch_op.create_index('ix_erasure_person', ['person_id'], unique=False)

    op.create_table('match_pair',
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('mentor_id', sa.BigInteger(), nullable=False),
    sa.Column('must', sa.Boolean(), nullable=False),
    sa.Column('set_by', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_match_pair_mentor_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_match_pair_pupil_id')),
    sa.ForeignKeyConstraint(['round_id'], ['match_round.id'], name=op.f('fk_match_pair_round_id')),
    sa.ForeignKeyConstraint(['set_by'], ['person.id'], name=op.f('fk_match_pair_set_by')),
    sa.PrimaryKeyConstraint('round_id', 'pupil_id', 'mentor_id', name=op.f('pk_match_pair'))
    )
    op.create_table('match_pupil',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('round_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('sealed_wish', sa.LargeBinary(), nullable=True),
    sa.Column('wished_by', sa.BigInteger(), nullable=True),
    sa.Column('wished_at', sa.BigInteger(), nullable=True),
    sa.Column('with_child', sa.Boolean(), nullable=False),
    sa.Column('sealed_facts', sa.LargeBinary(), nullable=True),
    sa.Column('mentor_id', sa.BigInteger(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('unmet', sa.String(), nullable=False),
    sa.Column('moved_by', sa.BigInteger(), nullable=True),
    sa.Column('former_id', sa.BigInteger(), nullable=True),
    sa.Column('applied', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_match_pupil_mentor_id')),
    sa.ForeignKeyConstraint(['moved_by'], ['person.id'], name=op.f('fk_match_pupil_moved_by')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_match_pupil_pupil_id')),
    sa.ForeignKeyConstraint(['round_id'], ['match_round.id'], name=op.f('fk_match_pupil_round_id')),
    sa.ForeignKeyConstraint(['wished_by'], ['person.id'], name=op.f('fk_match_pupil_wished_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_match_pupil')),
    sa.UniqueConstraint('round_id', 'pupil_id', name=op.f('uq_match_pupil_round_id_pupil_id'))
    )
    with op.batch_alter_table('match_pupil', schema=None) as batch_op:
        batch_op.create_index('ix_match_pupil_pupil', ['pupil_id'], unique=False)

    op.create_table('mentor_poll_ask',
    sa.Column('poll_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mentor_poll_ask_person_id')),
    sa.ForeignKeyConstraint(['poll_id'], ['mentor_poll.id'], name=op.f('fk_mentor_poll_ask_poll_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_mentor_poll_ask_pupil_id')),
    sa.PrimaryKeyConstraint('poll_id', 'person_id', name=op.f('pk_mentor_poll_ask'))
    )
    with op.batch_alter_table('mentor_poll_ask', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_poll_ask_person', ['person_id'], unique=False)
        batch_op.create_index('ix_mentor_poll_ask_waiting', ['due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    op.create_table('mentor_request',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=False),
    sa.Column('by_mentor', sa.Boolean(), nullable=False),
    sa.Column('mentor_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('decided_by', sa.BigInteger(), nullable=True),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_mentor_request_asked_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_mentor_request_decided_by')),
    sa.ForeignKeyConstraint(['mentor_id'], ['person.id'], name=op.f('fk_mentor_request_mentor_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_mentor_request_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_mentor_request_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_request'))
    )
    with op.batch_alter_table('mentor_request', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_request_school', ['school_id', 'decided_at'], unique=False)
        batch_op.create_index('uq_mentor_request_open', ['pupil_id', 'asked_by'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))

    op.create_table('thread_look',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('school_id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('guardian_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.BigInteger(), nullable=False),
    sa.Column('sealed_reason', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('agreed_by', sa.BigInteger(), nullable=True),
    sa.Column('agreed_at', sa.BigInteger(), nullable=True),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['agreed_by'], ['person.id'], name=op.f('fk_thread_look_agreed_by')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_thread_look_asked_by')),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_thread_look_guardian_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_thread_look_pupil_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_thread_look_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_look'))
    )
    with op.batch_alter_table('thread_look', schema=None) as batch_op:
        batch_op.create_index('ix_thread_look_asked_by', ['asked_by', 'asked_at'], unique=False)
        batch_op.create_index('ix_thread_look_pupil', ['pupil_id', 'asked_at'], unique=False)

    op.create_table('file_entry',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('mentorship_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('level', sa.SmallInteger(), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=False),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('by_guardian', sa.Boolean(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('wrong_by', sa.BigInteger(), nullable=True),
    sa.Column('wrong_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('shown OR level = 2', name=op.f('ck_file_entry_hidden_is_level_two')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_file_entry_author_id')),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_file_entry_mentorship_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_file_entry_pupil_id')),
    sa.ForeignKeyConstraint(['wrong_by'], ['person.id'], name=op.f('fk_file_entry_wrong_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_entry'))
    )
    with op.batch_alter_table('file_entry', schema=None) as batch_op:
        batch_op.create_index('ix_file_entry_pupil', ['pupil_id', 'id'], unique=False)

    op.create_table('file_goal',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('term_id', sa.BigInteger(), nullable=True),
    sa.Column('mentorship_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.SmallInteger(), nullable=False),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=False),
    sa.Column('by_person', sa.BigInteger(), nullable=False),
    sa.Column('agreed_at', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['by_person'], ['person.id'], name=op.f('fk_file_goal_by_person')),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_file_goal_mentorship_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_file_goal_pupil_id')),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_file_goal_term_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_goal'))
    )
    with op.batch_alter_table('file_goal', schema=None) as batch_op:
        batch_op.create_index('ix_file_goal_pupil', ['pupil_id', 'term_id'], unique=False)

    op.create_table('handover',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('pupil_id', sa.BigInteger(), nullable=False),
    sa.Column('mentorship_id', sa.BigInteger(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('from_pupil', sa.BigInteger(), nullable=True),
    sa.Column('sealed_from', sa.LargeBinary(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('closes_at', sa.BigInteger(), nullable=False),
    sa.Column('reminded_at', sa.BigInteger(), nullable=True),
    sa.Column('consented_at', sa.BigInteger(), nullable=True),
    sa.Column('mentor_told_at', sa.BigInteger(), nullable=True),
    sa.Column('mentor_reminded_at', sa.BigInteger(), nullable=True),
    sa.Column('received_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['from_pupil'], ['pupil.id'], name=op.f('fk_handover_from_pupil')),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_handover_mentorship_id')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_handover_pupil_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    sa.UniqueConstraint('mentorship_id', 'origin', name=op.f('uq_handover_mentorship_id_origin'))
    )
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.create_index('ix_handover_open', ['closes_at'], unique=False, sqlite_where=sa.text("state IN ('prepared', 'with_family', 'declined')"), postgresql_where=sa.text("state IN ('prepared', 'with_family', 'declined')"))
        batch_op.create_index('ix_handover_pupil', ['pupil_id', 'id'], unique=False)
        batch_op.create_index('ix_handover_untold', ['consented_at'], unique=False, sqlite_where=sa.text("state = 'consented' AND mentor_reminded_at IS NULL"), postgresql_where=sa.text("state = 'consented' AND mentor_reminded_at IS NULL"))

    op.create_table('join_reminder',
    sa.Column('account_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('invite_id', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_join_reminder_account_id')),
    sa.ForeignKeyConstraint(['invite_id'], ['invite.id'], name=op.f('fk_join_reminder_invite_id')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_join_reminder'))
    )
    with op.batch_alter_table('join_reminder', schema=None) as batch_op:
        batch_op.create_index('ix_join_reminder_due', ['due_at'], unique=False, sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.create_table('pupil_file',
    sa.Column('pupil_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('mentorship_id', sa.BigInteger(), nullable=True),
    sa.Column('moved_to', sa.BigInteger(), nullable=True),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['mentorship_id'], ['mentorship.id'], name=op.f('fk_pupil_file_mentorship_id')),
    sa.ForeignKeyConstraint(['moved_to'], ['pupil.id'], name=op.f('fk_pupil_file_moved_to')),
    sa.ForeignKeyConstraint(['pupil_id'], ['pupil.id'], name=op.f('fk_pupil_file_pupil_id')),
    sa.PrimaryKeyConstraint('pupil_id', name=op.f('pk_pupil_file'))
    )
    op.create_table('training_hours',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=True),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('sealed_name', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_training_hours_minutes')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_training_hours_event_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_hours_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_hours')),
    sa.UniqueConstraint('person_id', 'event_id', name=op.f('uq_training_hours_person_id_event_id'))
    )
    with op.batch_alter_table('training_hours', schema=None) as batch_op:
        batch_op.create_index('ix_training_hours_event', ['event_id'], unique=False)
        batch_op.create_index('ix_training_hours_person', ['person_id', 'day'], unique=False)

    op.create_table('file_goal_review',
    sa.Column('goal_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('by_guardian', sa.Boolean(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.Column('sealed_words', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['goal_id'], ['file_goal.id'], name=op.f('fk_file_goal_review_goal_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_file_goal_review_person_id')),
    sa.PrimaryKeyConstraint('goal_id', 'person_id', name=op.f('pk_file_goal_review'))
    )
    op.create_table('handover_answer',
    sa.Column('handover_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('passes', sa.Boolean(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_answer_handover_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_handover_answer_person_id')),
    sa.PrimaryKeyConstraint('handover_id', 'person_id', name=op.f('pk_handover_answer'))
    )
    op.create_table('handover_item',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('handover_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('level', sa.SmallInteger(), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('source_id', sa.BigInteger(), nullable=True),
    sa.Column('sealed_text', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_item_handover_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_handover_item_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_item')),
    sa.UniqueConstraint('handover_id', 'number', name=op.f('uq_handover_item_handover_id_number'))
    )
    op.create_table('handover_pick',
    sa.Column('item_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('goes', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['handover_item.id'], name=op.f('fk_handover_pick_item_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_handover_pick_person_id')),
    sa.PrimaryKeyConstraint('item_id', 'person_id', name=op.f('pk_handover_pick'))
    )
    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.add_column(sa.Column('school_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('number', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('guardian_id', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('sealed_reason', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('reason_hash', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('digest', sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_access_school_id_number'), ['school_id', 'number'])
        batch_op.create_foreign_key(batch_op.f('fk_access_school_id'), 'school', ['school_id'], ['id'])
        batch_op.drop_column('reason')

    with op.batch_alter_table('event_question', schema=None) as batch_op:
        batch_op.create_index('ix_event_question_person', ['person_id'], unique=False)

    with op.batch_alter_table('note_card', schema=None) as batch_op:
        batch_op.create_index('ix_note_card_guardian', ['guardian_id'], unique=False)

    with op.batch_alter_table('notice_slip', schema=None) as batch_op:
        batch_op.create_index('ix_notice_slip_person', ['person_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('notice_slip', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_slip_person')

    with op.batch_alter_table('note_card', schema=None) as batch_op:
        batch_op.drop_index('ix_note_card_guardian')

    with op.batch_alter_table('event_question', schema=None) as batch_op:
        batch_op.drop_index('ix_event_question_person')

    with op.batch_alter_table('access', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.VARCHAR(), nullable=False))
        batch_op.drop_constraint(batch_op.f('fk_access_school_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_access_school_id_number'), type_='unique')
        batch_op.drop_column('digest')
        batch_op.drop_column('reason_hash')
        batch_op.drop_column('sealed_reason')
        batch_op.drop_column('guardian_id')
        batch_op.drop_column('number')
        batch_op.drop_column('school_id')

    op.drop_table('handover_pick')
    op.drop_table('handover_item')
    op.drop_table('handover_answer')
    op.drop_table('file_goal_review')
    with op.batch_alter_table('training_hours', schema=None) as batch_op:
        batch_op.drop_index('ix_training_hours_person')
        batch_op.drop_index('ix_training_hours_event')

    op.drop_table('training_hours')
    op.drop_table('pupil_file')
    with op.batch_alter_table('join_reminder', schema=None) as batch_op:
        batch_op.drop_index('ix_join_reminder_due', sqlite_where=sa.text('told_at IS NULL'), postgresql_where=sa.text('told_at IS NULL'))

    op.drop_table('join_reminder')
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_index('ix_handover_untold', sqlite_where=sa.text("state = 'consented' AND mentor_reminded_at IS NULL"), postgresql_where=sa.text("state = 'consented' AND mentor_reminded_at IS NULL"))
        batch_op.drop_index('ix_handover_pupil')
        batch_op.drop_index('ix_handover_open', sqlite_where=sa.text("state IN ('prepared', 'with_family', 'declined')"), postgresql_where=sa.text("state IN ('prepared', 'with_family', 'declined')"))

    op.drop_table('handover')
    with op.batch_alter_table('file_goal', schema=None) as batch_op:
        batch_op.drop_index('ix_file_goal_pupil')

    op.drop_table('file_goal')
    with op.batch_alter_table('file_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_file_entry_pupil')

    op.drop_table('file_entry')
    with op.batch_alter_table('thread_look', schema=None) as batch_op:
        batch_op.drop_index('ix_thread_look_pupil')
        batch_op.drop_index('ix_thread_look_asked_by')

    op.drop_table('thread_look')
    with op.batch_alter_table('mentor_request', schema=None) as batch_op:
        batch_op.drop_index('uq_mentor_request_open', sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
        batch_op.drop_index('ix_mentor_request_school')

    op.drop_table('mentor_request')
    with op.batch_alter_table('mentor_poll_ask', schema=None) as batch_op:
        batch_op.drop_index('ix_mentor_poll_ask_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index('ix_mentor_poll_ask_person')

    op.drop_table('mentor_poll_ask')
    with op.batch_alter_table('match_pupil', schema=None) as batch_op:
        batch_op.drop_index('ix_match_pupil_pupil')

    op.drop_table('match_pupil')
    op.drop_table('match_pair')
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.drop_index('ix_erasure_person')
        batch_op.drop_index('ix_erasure_again', sqlite_where=sa.text('again_at IS NOT NULL'), postgresql_where=sa.text('again_at IS NOT NULL'))

    op.drop_table('erasure')
    with op.batch_alter_table('directory_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_directory_request_pupil_id'))
        batch_op.drop_index('ix_directory_request_person')
        batch_op.drop_index('ix_directory_request_over', sqlite_where=sa.text('ended_at IS NOT NULL'), postgresql_where=sa.text('ended_at IS NOT NULL'))
        batch_op.drop_index('ix_directory_request_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_directory_request_holds', sqlite_where=sa.text("state = 'approved'"), postgresql_where=sa.text("state = 'approved'"))
        batch_op.drop_index('ix_directory_request_card')

    op.drop_table('directory_request')
    with op.batch_alter_table('directory_offer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_directory_offer_person_id'))
        batch_op.drop_index('ix_directory_offer_over', sqlite_where=sa.text('ended_at IS NOT NULL'), postgresql_where=sa.text('ended_at IS NOT NULL'))
        batch_op.drop_index('ix_directory_offer_class')

    op.drop_table('directory_offer')
    with op.batch_alter_table('correction', schema=None) as batch_op:
        batch_op.drop_index('ix_correction_school')
        batch_op.drop_index('ix_correction_person')

    op.drop_table('correction')
    op.drop_table('mentor_poll_sum')
    with op.batch_alter_table('match_telling', schema=None) as batch_op:
        batch_op.drop_index('ix_match_telling_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.drop_table('match_telling')
    with op.batch_alter_table('match_mentor', schema=None) as batch_op:
        batch_op.drop_index('ix_match_mentor_person')

    op.drop_table('match_mentor')
    with op.batch_alter_table('match_class', schema=None) as batch_op:
        batch_op.drop_index('uq_match_class_open', sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))

    op.drop_table('match_class')
    with op.batch_alter_table('directory_card', schema=None) as batch_op:
        batch_op.drop_index('uq_directory_card_code')
        batch_op.drop_index('uq_directory_card_all', sqlite_where=sa.text('school_id IS NULL'), postgresql_where=sa.text('school_id IS NULL'))
        batch_op.drop_index('ix_directory_card_school', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_directory_card_left', sqlite_where=sa.text('ended_at IS NOT NULL AND taken > 0'), postgresql_where=sa.text('ended_at IS NOT NULL AND taken > 0'))

    op.drop_table('directory_card')
    op.drop_table('training_choice')
    with op.batch_alter_table('match_round', schema=None) as batch_op:
        batch_op.drop_index('ix_match_round_school')

    op.drop_table('match_round')
    op.drop_table('evidence_words')
    op.drop_table('evidence_sum')
    with op.batch_alter_table('evidence_sheet', schema=None) as batch_op:
        batch_op.drop_index('uq_evidence_sheet_open', sqlite_where=sa.text('noted_at IS NULL'), postgresql_where=sa.text('noted_at IS NULL'))
        batch_op.drop_index('ix_evidence_sheet_school')
        batch_op.drop_index(batch_op.f('ix_evidence_sheet_person_id'))

    op.drop_table('evidence_sheet')
    op.drop_table('training_case')
    with op.batch_alter_table('mentor_poll', schema=None) as batch_op:
        batch_op.drop_index('ix_mentor_poll_running', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('mentor_poll')
    op.drop_table('evidence_criterion')
    with op.batch_alter_table('district_school', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_district_school_district_id'))

    op.drop_table('district_school')
    op.drop_table('directory_search')
    op.drop_table('directory_pick')
    op.drop_table('directory_hidden')
    op.drop_table('city_counted')
    with op.batch_alter_table('city_count', schema=None) as batch_op:
        batch_op.drop_index('ix_city_count_begins')

    op.drop_table('city_count')
    op.drop_table('retention_mark')
    op.drop_table('file_sweep')
    op.drop_table('district')
    with op.batch_alter_table('data_export', schema=None) as batch_op:
        batch_op.drop_index('ix_data_export_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index('ix_data_export_account')

    op.drop_table('data_export')
    op.drop_table('access_chain')

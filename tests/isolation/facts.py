"""Who has part in what, reckoned from bare rows: visits, cases, events, notices, and who may hear whose name."""

from __future__ import annotations

from tests.isolation.roster import DAY, People, Roster, Row


class Facts(Roster):
    """Who is what to whom, and to what, at a moment."""

    # --- visits ---

    def visit_staff(self, me: People, visit: int, *, asked: bool = True) -> bool:
        """The visit's mentor as long as the pupil is theirs, who covers, the pupil's mentor of today, the second teacher."""
        row = self.rows["visit"][visit]
        if self.teaches(me, row["pupil_id"]):
            return True
        goes_out = row["state"] in ("confirmed", "in_progress") and row["form"] in ("home", "public")
        if row["state"] == "in_progress" and me & {row["mentor_id"], row["companion_id"]}:
            return True  # who is there has to be able to say that they have left
        if self.mentor.get(row["pupil_id"]) != row["mentor_id"]:
            return False
        if goes_out and row["companion_id"] in me:
            return True
        if row["ended_at"] is not None and row["ended_at"] < self.now - 30 * DAY:
            return False
        return row["companion_id"] in me and row["companion_says"] in (("asked", "yes") if asked else ("yes",))

    def visit_guests(self, me: People, visit: int) -> bool:
        """A guardian of today who was invited."""
        pupil = self.rows["visit"][visit]["pupil_id"]
        return any(
            one["guardian_id"] in me and (one["guardian_id"], pupil) in self.guards
            for one in self.lists["visit_guest"]
            if one["visit_id"] == visit
        )

    # --- events ---

    def runs(self, me: People, event: int) -> bool:
        """Who has a hand in an event: host, who covers, chief mentors of its classes, an admin; the guardian who gives it."""
        row = self.rows["event"][event]
        classes = {one["class_id"] for one in self.lists["event_class"] if one["event_id"] == event} | {row["class_id"]}
        if row["pupil_id"] is not None:
            holds = self.teaches({row["host_id"]}, row["pupil_id"]) or self.leads_class(
                {row["host_id"]}, self.class_of(row["pupil_id"])
            )
            return row["host_id"] in me and holds
        if me & self.acts_for(row["host_id"]) or any(self.leads_class(me, one) for one in classes if one):
            return True
        speaks = row["speaker_id"] in me and any(self._in_classes(one, classes) for one in me)
        return self.has(me, "admin", row["school_id"]) or speaks

    def _in_classes(self, person: int, classes: set[int | None]) -> bool:
        return any(who == person and self.class_of(pupil) in classes for who, pupil in self.guards)

    def invited(self, me: People, event: int) -> bool:
        """To whom an event that is out is open."""
        row = self.rows["event"][event]
        me = me - self.silent
        if row["audience"] == "classes":
            classes: set[int | None] = {
                one["class_id"] for one in self.lists["event_class"] if one["event_id"] == event
            }
            return any(self._in_classes(one, classes) for one in me)
        if row["audience"] == "families":
            return any(who in me and self.mentor.get(pupil) == row["host_id"] for who, pupil in self.guards)
        if row["audience"] == "staff":
            return self.has(me, "mentor", row["school_id"])
        return any(
            one["person_id"] in me
            and (
                self.is_staff(one["person_id"])
                or row["pupil_id"] is None
                or (one["person_id"], row["pupil_id"]) in self.guards
            )
            for one in self.lists["event_guest"]
            if one["event_id"] == event
        )

    def event_is_out(self, event: int) -> bool:
        """Whether those who are invited may know of it: they vote on the topic of what is planned."""
        return bool(self.rows["event"][event]["state"] != "proposed")

    # --- notices ---

    def tends(self, me: People, notice: int) -> bool:
        """Its author; once it is no draft an admin of its school, or the centre, or who may agree to it."""
        row = self.rows["notice"][notice]
        if row["author_id"] in me:
            return True
        if row["state"] in ("draft", "dropped"):
            return False
        if row["level"] == "centre":
            return self.has(me, "centre")
        return self.has(me, "admin", row["school_id"]) or (row["state"] == "asked" and self.has(me, "centre"))

    def got(self, me: People, notice: int) -> bool:
        """Who has it, or can open it."""
        return any(
            one["person_id"] in me and one["state"] in ("queued", "sent", "listed", "digest")
            for one in self.lists["notice_recipient"]
            if one["notice_id"] == notice
        )

    # --- people among each other ---

    def pupil_known(self, me: People, pupil: int) -> bool:
        """Who may hear a pupil's name: its families, the staff that has to do with it, the school's admins."""
        group = self.class_of(pupil)
        return (
            self.guard(me, pupil)
            or self.teaches(me, pupil)
            or self.in_team(me, group)
            or self.has(me, "admin", self.school_of(pupil))
            or any(
                self.visit_staff(me, one["id"]) or self._called_off(me, one)
                for one in self.lists["visit"]
                if one["pupil_id"] == pupil
            )
            or any(
                one["pupil_id"] == pupil and self.rows["directory_card"][one["card_id"]]["approver_id"] in me
                for one in self.lists["directory_request"]
            )
            or any(self.on_case(me, one["id"]) for one in self.lists["safety_case"] if one["pupil_id"] == pupil)
            or any(
                self.runs(me, one["id"]) or (self.event_is_out(one["id"]) and self.invited(me, one["id"]))
                for one in self.lists["event"]
                if one["pupil_id"] == pupil
            )
        )

    def _called_off(self, me: People, visit: Row) -> bool:
        """Who was about to go hears at that moment that nobody goes, whoever the mentor is by then."""
        teachers = {visit["mentor_id"], visit["companion_id"]} | self.covers[visit["mentor_id"]]
        return visit["state"] == "cancelled" and visit["ended_at"] == self.now and bool(me & teachers)

    def on_case(self, me: People, case: int) -> bool:
        """Who was told of a case and still has to do with it."""
        row = self.rows["safety_case"][case]
        told = {one["person_id"] for one in self.lists["case_step"] if one["case_id"] == case} & me
        pupil, school = row["pupil_id"], row["school_id"]
        return any(
            self.teaches({one}, pupil)
            or self.leads_class({one}, self.class_of(pupil))
            or any(self.has({one}, kind, school) for kind in ("counsellor", "duty_leader", "admin"))
            for one in told
        )

    def guardian_known(self, me: People, person: int) -> bool:
        """Who may hear a guardian's name: the staff of that guardian's children. Never another guardian, unless it is given."""
        if person in me:
            return True
        for who, pupil in self.named_guard:
            if (
                who == person
                and any(self.is_staff(one) for one in me)
                and self.pupil_known({one for one in me if self.is_staff(one)}, pupil)
            ):
                return True
        return any(
            one["speaker_id"] == person and (self.runs(me, one["id"]) or self.invited(me, one["id"]))
            for one in self.lists["event"]
        ) or any(
            one["person_id"] == person
            and (self.leads_class(me, one["class_id"]) or self.has(me, "admin", self.school(person)))
            for one in self.lists["speaker_offer"]
        )

    def staff_known(self, me: People, person: int) -> bool:
        """Staff is known by name in its own school, and to the centre; who is from the centre to all."""
        return bool(me) and (
            any(self.school(one) == self.school(person) for one in me)
            or self.has(me, "centre")
            or "centre" in self.role[person]
        )

    def may_write(self, writer: People, reader: People) -> bool:
        """Whether what these type may reach those: both ends of a line, staff of one school, what one says to those invited."""
        if writer & reader:
            return True
        staff = {one for one in writer if self.is_staff(one)}
        at_work = {one for one in reader if self.is_staff(one)}
        if staff and at_work and ({self.school(one) for one in staff} & {self.school(one) for one in at_work}):
            return True
        for who, pupil in self.guards:
            if who in writer and (
                self.teaches(reader, pupil)
                or self.leads_class(reader, self.class_of(pupil))
                or any(self.has(reader, kind, self.school_of(pupil)) for kind in ("counsellor", "duty_leader", "admin"))
            ):
                return True
            if who in reader and self.teaches(writer, pupil):
                return True
        return any(
            self.runs(writer, one["id"]) and (self.invited(reader, one["id"]) or self.runs(reader, one["id"]))
            for one in self.lists["event"]
        ) or any(
            self.tends(writer, one["id"]) and (self.got(reader, one["id"]) or self.tends(reader, one["id"]))
            for one in self.lists["notice"]
        )

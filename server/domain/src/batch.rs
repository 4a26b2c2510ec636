//! What is asked of the record, and what is answered.

use waypost_protocol::{
    Answer, Coverage, DeviceId, EnrolmentId, Entry, FactId, FlagRule, GroupSettings, Millis,
    PersonId, ProblemCode, ReadMark, Role, Sequence, Shift, Step, StoredMark, TemplateDefinition,
};

/// Who asks, as the connection has proved it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The person; [`PersonId::SERVER`] for the operator of the server.
    pub person: PersonId,
    /// The enrolment; `None` for the operator.
    pub enrolment: Option<EnrolmentId>,
    /// What they may do.
    pub role: Role,
}

impl Actor {
    /// Whoever has the server's own files: the command line.
    pub const OPERATOR: Actor =
        Actor { person: PersonId::SERVER, enrolment: None, role: Role::Admin };
}

/// One request of a batch. Each gets exactly one [`Reply`].
#[derive(Clone, PartialEq, Debug)]
pub enum Request {
    /// Facts from an outbox.
    Submit {
        /// Who.
        actor: Actor,
        /// In the order of their lanes.
        entries: Vec<Entry>,
    },
    /// What an enrolment has stored and its person has read.
    Marks {
        /// Who.
        actor: Actor,
        /// In which epoch the marks were made; marks of an older one say nothing now.
        epoch: u32,
        /// Steps of the enrolment's cursor, oldest first.
        stored: Vec<StoredMark>,
        /// Reads.
        read: Vec<ReadMark>,
    },
    /// An act of administration.
    Deed {
        /// Who.
        actor: Actor,
        /// The id of the fact that it becomes; a repeat is recognised by it.
        id: FactId,
        /// What.
        deed: Deed,
    },
    /// The server looks whether a step of these messages is due.
    Escalate {
        /// Messages that are watched.
        messages: Vec<FactId>,
    },
}

impl Request {
    /// Who asks.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Submit { actor, .. } | Self::Marks { actor, .. } | Self::Deed { actor, .. } => {
                *actor
            }
            Self::Escalate { .. } => Actor::OPERATOR,
        }
    }

    /// What is said when the record cannot be written: nothing was decided, try again.
    pub fn not_now(&self) -> Reply {
        match self {
            Self::Submit { entries, .. } => Reply::Answers(
                entries
                    .iter()
                    .map(|entry| Answer::Deferred { id: entry.id, code: ProblemCode::Overloaded })
                    .collect(),
            ),
            Self::Marks { .. } | Self::Deed { .. } | Self::Escalate { .. } => {
                Reply::Refused(ProblemCode::Overloaded)
            }
        }
    }
}

/// An act of administration. The server gives the numbers of people and groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    /// Puts a person into the directory.
    AddPerson {
        /// Unique short name.
        handle: String,
        /// Name on the screen.
        name: String,
        /// What they may do.
        role: Role,
        /// BCP 47 tag.
        language: String,
    },
    /// Opens a group.
    CreateGroup {
        /// Name on the screen.
        name: String,
        /// First members.
        members: Vec<PersonId>,
        /// Who of them looks after it; if nobody is named, those of the staff.
        moderators: Vec<PersonId>,
        /// How it is run.
        settings: GroupSettings,
    },
    /// Gives a group another name, or runs it in another way.
    ChangeGroup {
        /// The group.
        group: u32,
        /// Its name from here on.
        name: String,
        /// How it is run from here on.
        settings: GroupSettings,
    },
    /// A member looks after the group from here on.
    NameModerator {
        /// The group.
        group: u32,
        /// The member.
        person: PersonId,
    },
    /// Ends that.
    EndModerator {
        /// The group.
        group: u32,
        /// The member.
        person: PersonId,
    },
    /// Lets a person read and write in a group from now on.
    Join {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// Ends that.
    Leave {
        /// The group.
        group: u32,
        /// The person.
        person: PersonId,
    },
    /// From here on a chain is so: what follows when nobody acknowledges a message that names it.
    SetChain {
        /// The number of the chain, chosen by who makes it.
        chain: u32,
        /// Name on the screen.
        name: String,
        /// Its steps, the earliest first.
        steps: Vec<Step>,
    },
    /// From here on these dispatchers look after these drivers.
    SetCoverage {
        /// The number of the coverage, chosen by who makes it.
        coverage: u32,
        /// Who looks after whom.
        of: Coverage,
    },
    /// Someone works then.
    PlanShift {
        /// Who, and when.
        shift: Shift,
    },
    /// A shift is not worked.
    CancelShift {
        /// The fact that planned it.
        shift: FactId,
    },
    /// From here on a template has this version, or exists.
    PublishTemplate {
        /// Its stable id.
        template: String,
        /// The version, higher than the last one.
        version: u16,
        /// What it is.
        definition: TemplateDefinition,
    },
    /// The server flags messages by these rules from here on.
    SetFlagRules {
        /// All of them.
        rules: Vec<FlagRule>,
    },
    /// Enrols a device with a one-time token.
    Enrol {
        /// SHA-256 of the token.
        token_hash: [u8; 32],
        /// The id of the new enrolment.
        enrolment: EnrolmentId,
        /// The device.
        device: DeviceId,
        /// What it is called.
        device_name: String,
        /// SHA-256 of the new credential.
        credential_hash: [u8; 32],
        /// The device's Ed25519 key.
        public_key: [u8; 32],
    },
    /// Ends an enrolment.
    Revoke {
        /// Which.
        enrolment: EnrolmentId,
    },
    /// Goes on in a new epoch after a restore.
    BeginEpoch {
        /// The number of the new epoch. Whoever restores chooses one that was never used, also
        /// not after another restore of the same backup: the time does.
        epoch: u32,
    },
}

/// What became of one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// One answer for each entry.
    Answers(Vec<Answer>),
    /// The marks are kept; the steps are taken.
    MarksKept,
    /// A deed is in the record (now, or since an earlier try).
    Done(DeedDone),
    /// The request as a whole is refused.
    Refused(ProblemCode),
}

/// Where a deed stands in the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeedDone {
    /// Its place.
    pub sequence: Sequence,
    /// When it was committed.
    pub recorded_at: Millis,
}

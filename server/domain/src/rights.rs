//! What each role may do, whoever it concerns: one table. `docs/rights.md` is written from it.
//!
//! What depends on a conversation, on a group or on whose a message is, stands in [`crate::access`].

use waypost_protocol::Role;

use Right::{
    AddPeople, BeWrittenTo, Block, EnrolDrivers, EnrolEveryone, Moderate, OpenIncidents,
    PlanShifts, PlanTrips, PublishTemplates, ReadStaff, Report, Revoke, RunGroups, SeeChains,
    SeeResponseTimes, SeeRoster, SeeTrips, SetChains, SetCoverages, SignCheckpoints, TellMany,
    VerifyRecord, WorkCases, WorkStops, Write, WriteToColleagues, WriteToDispatch, WriteToEveryone,
};
use Role::{Admin, Auditor, Bot, Colleague, Dispatcher, Driver};

/// Something that people of some roles may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Right {
    /// Writes, acknowledges, edits and deletes where they may.
    Write,
    /// Can be written to directly.
    BeWrittenTo,
    /// Writes directly to anyone who can be written to, and is written to by anyone who writes.
    WriteToEveryone,
    /// Writes directly to colleagues.
    WriteToColleagues,
    /// Writes to dispatch, whoever sits there.
    WriteToDispatch,
    /// Blocks others who may do so, and is blocked by them.
    Block,
    /// Reports messages of others to those who judge them.
    Report,
    /// Reads what is reported and flagged, judges it, and sets the rules by which the server flags.
    Moderate,
    /// Opens incidents.
    OpenIncidents,
    /// Answers, takes, hands over and resolves what the staff share: incidents, and what is said to
    /// dispatch.
    WorkCases,
    /// Writes broadcasts.
    TellMany,
    /// Reads the stream of the staff, and sees who is online.
    ReadStaff,
    /// Opens and runs groups, without being in them.
    RunGroups,
    /// Sees how long people take to respond.
    SeeResponseTimes,
    /// Sees the chains that there are.
    SeeChains,
    /// Makes and changes chains.
    SetChains,
    /// Sees who looks after whom, and everyone's shifts.
    SeeRoster,
    /// Says who looks after whom.
    SetCoverages,
    /// Plans shifts.
    PlanShifts,
    /// Sees all trips and stops, and what proves deliveries.
    SeeTrips,
    /// Plans trips, changes and hands them over, and decides what becomes of stops.
    PlanTrips,
    /// Drives trips: answers what is planned, and says how it goes at each stop.
    WorkStops,
    /// Issues enrolment links for drivers.
    EnrolDrivers,
    /// Issues enrolment links for everyone.
    EnrolEveryone,
    /// Ends enrolments.
    Revoke,
    /// Adds people to the directory.
    AddPeople,
    /// Publishes templates.
    PublishTemplates,
    /// Has the newest checkpoint of the record signed and told.
    SignCheckpoints,
    /// Has the whole record verified.
    VerifyRecord,
}

/// Every right: what it is called, and who has it.
pub const RIGHTS: [(Right, &str, &[Role]); 29] = [
    (
        Write,
        "write, acknowledge, edit and delete, where one may",
        &[Driver, Colleague, Dispatcher, Admin, Bot],
    ),
    (BeWrittenTo, "be written to directly", &[Driver, Colleague, Dispatcher, Admin, Bot]),
    (
        WriteToEveryone,
        "write directly to everyone, and be written to by everyone",
        &[Dispatcher, Admin, Bot],
    ),
    (WriteToColleagues, "write directly to colleagues", &[Colleague, Dispatcher, Admin, Bot]),
    (WriteToDispatch, "write to dispatch, whoever sits there", &[Driver, Colleague, Bot]),
    (Block, "block others who may do so: see nothing of them", &[Driver, Colleague]),
    (Report, "report messages of others", &[Driver, Colleague, Dispatcher, Admin]),
    (Moderate, "judge what is reported, and set the rules by which messages are flagged", ADMINS),
    (OpenIncidents, "open incidents", &[Driver, Colleague, Dispatcher, Admin, Bot]),
    (
        WorkCases,
        "answer, take, hand over and resolve incidents and what is said to dispatch",
        STAFF,
    ),
    (TellMany, "write broadcasts", STAFF),
    (ReadStaff, "see who is online, and which devices there are", STAFF),
    (RunGroups, "open groups, and run those of others", STAFF),
    (SeeResponseTimes, "see how long people take to respond", STAFF),
    (SeeChains, "see chains", STAFF),
    (SetChains, "make and change chains", STAFF),
    (SeeRoster, "see coverages, and everyone's shifts", STAFF),
    (SetCoverages, "make and change coverages", STAFF),
    (PlanShifts, "plan and cancel shifts", STAFF),
    (
        SeeTrips,
        "see all trips and stops, and what proves deliveries",
        &[Dispatcher, Admin, Bot, Auditor],
    ),
    (
        PlanTrips,
        "plan trips, change and hand them over, and decide what becomes of stops",
        &[Dispatcher, Admin, Bot],
    ),
    (WorkStops, "drive trips: answer what is planned, and say how it goes at each stop", &[Driver]),
    (EnrolDrivers, "issue enrolment links for drivers", STAFF),
    (EnrolEveryone, "issue enrolment links for everyone", ADMINS),
    (Revoke, "end enrolments", STAFF),
    (AddPeople, "add people", ADMINS),
    (PublishTemplates, "publish templates", ADMINS),
    (SignCheckpoints, "get the newest checkpoint of the record", &[Dispatcher, Admin, Auditor]),
    (VerifyRecord, "have the whole record verified", &[Admin, Auditor]),
];

const STAFF: &[Role] = &[Dispatcher, Admin];
const ADMINS: &[Role] = &[Admin];

/// Whether people of this role have this right.
pub fn may(role: Role, right: Right) -> bool {
    RIGHTS.iter().any(|(it, _, roles)| *it == right && roles.contains(&role))
}

/// The table as it stands in `docs/rights.md`.
pub fn as_markdown() -> String {
    let names = Role::ALL.map(Role::name).join(" | ");
    let mut table = format!("| may | {names} |\n|---|{}\n", ":-:|".repeat(Role::ALL.len()));
    for (right, words, _) in RIGHTS {
        let signs = Role::ALL.map(|role| if may(role, right) { "yes" } else { "–" }).join(" | ");
        table += &format!("| {words} | {signs} |\n");
    }
    table
}

//! What people report, what becomes of it, what the server flags by itself, and who may do which.

use waypost_domain::{Actor, Decision, Deed, Known, Reply, Request, Watching};
use waypost_protocol::{
    Answer, Body, ConversationId, Entry, FactId, FlagRule, Header, PersonId, ProblemCode, Quote,
    ReportReason, Verdict, kind,
};

use crate::crew::{
    AYO, DANA, INES, MAREK, NORTH, NOW, OMAR, OTTO, VERA, decided, entry, fact, of, with,
    with_office,
};

const GROUP: ConversationId = ConversationId::Group(NORTH);

fn says(
    known: &mut Known,
    who: PersonId,
    (id, place): (u128, ConversationId),
    body: &Body,
) -> Result<Decision, ProblemCode> {
    known.lanes.clear();
    let entry = Entry { id: fact(id), ..entry(place, body) };
    let batch = [Request::Submit { actor: of(who), entries: vec![entry] }];
    let decision = decided_later(known, &batch, id);
    let Reply::Answers(answers) = &decision.replies[0] else { panic!("a submit has answers") };
    match answers[0] {
        Answer::Accepted { .. } => Ok(decision),
        Answer::Rejected { code, .. } => Err(code),
        ref other => panic!("{other:?}"),
    }
}

/// With ids of the server's own that no other batch has.
fn decided_later(known: &mut Known, batch: &[Request], nth: u128) -> Decision {
    let mut next = nth * 1_000;
    let mut random = || {
        next += 1;
        next
    };
    waypost_domain::decide(
        known,
        batch,
        waypost_domain::Clockwork { now: NOW, random: &mut random },
    )
}

fn quote(place: ConversationId, text: &str) -> Quote {
    let said = Body::text(text).to_content();
    Quote { message: fact(1), author: DANA, conversation: place, said, edit: None }
}

fn report(quote: Quote) -> Body {
    Body::Reported { quote: Box::new(quote), reason: ReportReason::Harassment, text: "!".into() }
}

fn judged(verdict: Verdict) -> Body {
    Body::Judged { message: fact(1), verdict, text: String::new() }
}

const REPORTS: ConversationId = ConversationId::Reports;

/// Dana has said it in the group.
fn insulted() -> Known {
    let mut known = with(with_office(), &[VERA, MAREK]);
    says(&mut known, DANA, (1, GROUP), &Body::text("Idiot")).expect("she may");
    known
}

#[test]
fn omar_reports_what_dana_said_and_ines_takes_it_off_the_screens() {
    let mut known = insulted();
    let decision =
        says(&mut known, OMAR, (2, REPORTS), &report(quote(GROUP, "Idiot"))).expect("so it is");
    assert_eq!(decision.facts.len(), 1);
    let reported = &decision.reported[&fact(1)];
    assert_eq!((reported.open_since(), reported.reports[0].person), (Some(NOW), OMAR));

    let decision =
        says(&mut known, INES, (3, REPORTS), &judged(Verdict::Removed)).expect("she may");
    let [verdict, deletion] = &decision.facts[..] else { panic!("a verdict and what follows it") };
    assert_eq!((verdict.conversation, verdict.author), (Some(REPORTS), INES));
    let gone = Body::Deletion { message: fact(1), author: DANA };
    assert_eq!(deletion.content.to_body(), Ok(gone));
    assert_eq!((deletion.conversation, deletion.author), (Some(GROUP), PersonId::SERVER));
    assert_ne!(deletion.digest, [0; 32], "it is known again by what it says");
    assert_eq!(decision.reported[&fact(1)].judged_by, Some(INES));

    let again = says(&mut known, INES, (4, REPORTS), &judged(Verdict::Removed)).expect("she may");
    assert_eq!(again.facts.len(), 1, "it is deleted once");
    let kept = says(&mut known, INES, (5, REPORTS), &judged(Verdict::Kept)).err();
    assert_eq!(kept, Some(ProblemCode::AlreadyDone), "it does not come back");
}

#[test]
fn what_was_kept_stays_and_can_go_later() {
    let mut known = insulted();
    says(&mut known, AYO, (2, REPORTS), &report(quote(GROUP, "Idiot"))).expect("he has read it");
    let kept = says(&mut known, INES, (3, REPORTS), &judged(Verdict::Kept)).expect("she may");
    assert_eq!((kept.facts.len(), kept.reported[&fact(1)].open_since()), (1, None));
    let gone = says(&mut known, INES, (4, REPORTS), &judged(Verdict::Removed)).expect("she may");
    assert_eq!(gone.facts.len(), 2);
}

#[test]
fn nothing_can_be_reported_that_was_not_said_so() {
    use ProblemCode::{NotFound, UnknownKind};
    let said = || quote(GROUP, "Idiot");
    let mut known = insulted();
    let mut refused =
        |id, quote: Quote| says(&mut known, OMAR, (id, REPORTS), &report(quote)).err();
    let direct = ConversationId::direct(DANA, OMAR).expect("two people");
    assert_eq!(refused(9, quote(GROUP, "Idiots")), Some(NotFound), "her words are forged");
    assert_eq!(refused(10, Quote { conversation: direct, ..said() }), Some(NotFound));
    assert_eq!(refused(11, Quote { author: AYO, ..said() }), Some(NotFound), "Ayo is blamed");
    assert_eq!(refused(12, Quote { message: fact(77), ..said() }), Some(NotFound));
    let edit = Body::Edit { message: fact(1), text: "Moron".into(), mentions: Vec::new() };
    let edited = Quote { said: edit.to_content(), edit: Some(fact(78)), ..said() };
    assert_eq!(refused(13, edited.clone()), Some(NotFound), "there is no such edit");
    assert_eq!(
        refused(14, Quote { said: Body::Reopened {}.to_content(), ..said() }),
        Some(UnknownKind)
    );
    says(&mut known, DANA, (78, GROUP), &edit).expect("she may");
    let decision = says(&mut known, OMAR, (15, REPORTS), &report(edited)).expect("so she says now");
    assert_eq!(decision.reported[&fact(1)].quote.edit, Some(fact(78)));
}

#[test]
fn who_may_report_and_who_judges() {
    let mut known = insulted();
    let omars = Quote { message: fact(2), author: OMAR, ..quote(GROUP, "Late again?") };
    says(&mut known, OMAR, (2, GROUP), &Body::text("Late again?")).expect("he may");
    says(&mut known, DANA, (3, REPORTS), &report(omars)).expect("she may");
    use ProblemCode::{NotAllowed, NotFound};
    let idiot = report(quote(GROUP, "Idiot"));
    let direct = ConversationId::direct(DANA, OMAR).expect("two people");
    let rules = Body::FlagRulesSet { rules: Vec::new() };
    let flagged = Body::Flagged { quote: Box::new(quote(GROUP, "Idiot")), rules: Vec::new() };
    let cases = [
        (DANA, REPORTS, idiot.clone(), NotAllowed, "nobody reports themselves"),
        (OTTO, REPORTS, idiot.clone(), NotAllowed, "an auditor says nothing"),
        (OMAR, GROUP, idiot.clone(), NotAllowed, "everyone would read it"),
        (OMAR, REPORTS, judged(Verdict::Removed), NotAllowed, "dispatchers judge nobody"),
        (INES, REPORTS, judged(Verdict::Removed), NotFound, "nobody has reported it"),
        (OMAR, REPORTS, Body::text("hello"), NotAllowed, "it is no chat"),
        (OMAR, REPORTS, flagged, NotAllowed, "the server alone flags"),
        (INES, REPORTS, rules, NotAllowed, "rules are a deed"),
        (OMAR, direct, judged(Verdict::Kept), NotAllowed, "that is no place for it"),
        (DANA, REPORTS, Body::Deletion { message: fact(3), author: DANA }, NotAllowed, "it stays"),
    ];
    for (at, (who, place, body, code, why)) in cases.into_iter().enumerate() {
        let refused = says(&mut known, who, (20 + at as u128, place), &body).err();
        assert_eq!(refused, Some(code), "{why}");
    }
}

#[test]
fn nobody_judges_what_they_have_said_themselves() {
    let mut known = with(with_office(), &[VERA]);
    let direct = ConversationId::direct(VERA, INES).expect("two people");
    says(&mut known, INES, (1, direct), &Body::text("Idiot")).expect("she may");
    let quote = Quote { author: INES, ..quote(direct, "Idiot") };
    says(&mut known, VERA, (2, REPORTS), &report(quote)).expect("she may");
    let refused = says(&mut known, INES, (3, REPORTS), &judged(Verdict::Kept)).err();
    assert_eq!(refused, Some(ProblemCode::NotAllowed));
}

fn set_rules(known: &mut Known, who: Actor, rules: Vec<FlagRule>) -> Reply {
    let batch = [Request::Deed {
        actor: who,
        id: FactId::mint(NOW, 500),
        deed: Deed::SetFlagRules { rules },
    }];
    decided(known, &batch).replies.remove(0)
}

fn tone(direct: bool) -> FlagRule {
    FlagRule { name: "Tone".into(), words: vec!["idiot".into()], links: false, direct }
}

#[test]
fn what_a_rule_describes_is_flagged_where_it_looks() {
    let mut known = with(with_office(), &[VERA, MAREK]);
    assert_eq!(
        set_rules(&mut known, of(OMAR), vec![tone(false)]),
        Reply::Refused(ProblemCode::NotAllowed)
    );
    assert!(matches!(set_rules(&mut known, of(INES), vec![tone(false)]), Reply::Done(_)));
    let direct = ConversationId::direct(VERA, MAREK).expect("two people");
    let said = Body::text("You idiot!");
    let private = says(&mut known, VERA, (1, direct), &said).expect("she may");
    assert_eq!(private.facts.len(), 1, "what two people say is theirs");

    let decision = says(&mut known, DANA, (2, GROUP), &said).expect("it is flagged, not refused");
    let [message, flagged] = &decision.facts[..] else { panic!("a message and its flag") };
    assert_eq!((message.conversation, flagged.conversation), (Some(GROUP), Some(REPORTS)));
    assert_eq!((flagged.author, flagged.content.kind), (PersonId::SERVER, kind::FLAGGED));
    let reported = &decision.reported[&fact(2)];
    assert_eq!((reported.quote.author, &reported.flags[..]), (DANA, &["Tone".to_owned()][..]));

    says(&mut known, DANA, (3, GROUP), &Body::text("Sorry")).expect("she may");
    let edit =
        |text: &str| Body::Edit { message: fact(3), text: text.into(), mentions: Vec::new() };
    let decision = says(&mut known, DANA, (4, GROUP), &edit("idiot")).expect("she may");
    assert_eq!(decision.reported[&fact(3)].quote.edit, Some(fact(4)), "an edit is no way around");
    let decision = says(&mut known, DANA, (5, GROUP), &edit("Really sorry")).expect("she may");
    assert!(decision.reported.is_empty());
    let of_lost = Body::Edit { message: fact(70), text: "idiot".into(), mentions: Vec::new() };
    let decision =
        says(&mut known, DANA, (8, GROUP), &of_lost).expect("a restore may have lost it");
    assert!(decision.reported.is_empty(), "nobody knows what became of that message");

    known.past.clear();
    assert!(matches!(set_rules(&mut known, of(INES), vec![tone(true)]), Reply::Done(_)));
    let flagged = says(&mut known, VERA, (6, direct), &said).expect("she may");
    assert_eq!(flagged.facts.len(), 2);
    known.past.clear();
    assert!(matches!(set_rules(&mut known, of(INES), Vec::new()), Reply::Done(_)));
    assert_eq!(says(&mut known, DANA, (7, GROUP), &said).expect("she may").facts.len(), 1);
}

#[test]
fn a_rule_that_looks_for_nothing_is_refused() {
    let mut known = with_office();
    let empty = FlagRule { name: "Tone".into(), ..FlagRule::default() };
    let refused = set_rules(&mut known, of(INES), vec![empty]);
    assert_eq!(refused, Reply::Refused(ProblemCode::ContentInvalid));
}

#[test]
fn nobody_is_reminded_of_what_was_removed() {
    let mut known = with_office();
    let header = Header { acknowledge_by: Some(NOW + 60_000), ..Header::default() };
    let rude = Body::Text { text: "Answer, idiot".into(), answers: None, header };
    says(&mut known, DANA, (1, GROUP), &rude).expect("she may");
    let quote = Quote { said: rude.to_content(), ..quote(GROUP, "") };
    says(&mut known, OMAR, (2, REPORTS), &report(quote)).expect("he may");
    let decision =
        says(&mut known, INES, (3, REPORTS), &judged(Verdict::Removed)).expect("she may");
    assert!(decision.watching.contains(&Watching::Ends { message: fact(1) }));
}

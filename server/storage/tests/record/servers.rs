//! Several servers on one record: what one remembers ends where another commits.

use waypost_domain::{Actor, Deed, Reply, Request};
use waypost_protocol::{Answer, DeviceId, EnrolmentId, PersonId, ProblemCode};
use waypost_storage::Db;

use crate::desk::{Desk, NOW, credential_of};

/// Two servers; the desk talks to one of them at a time.
async fn and_another(desk: &Desk) -> Db {
    Db::open(&desk.url).await.expect("a second server opens the record")
}

pub async fn a_lane_goes_on_where_another_server_left_it(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let mut other = and_another(&desk).await;
    for number in 1..=6 {
        let entry = desk.text(dana, omar, number, "stop done");
        let answers = desk.submit(dana, vec![entry]).await;
        assert!(matches!(answers[0], Answer::Accepted { .. }), "{number}: {answers:?}");
        std::mem::swap(&mut desk.db, &mut other);
    }
    other.close().await;
}

pub async fn who_was_revoked_by_another_server_writes_no_more(mut desk: Desk) {
    let (omar, dana, ayo) = (desk.omar, desk.dana, desk.ayo);
    let mut other = and_another(&desk).await;
    let hello = desk.text(dana, omar, 1, "good morning");
    desk.submit(dana, vec![hello]).await;
    std::mem::swap(&mut desk.db, &mut other);
    desk.deed(Deed::Revoke { enrolment: dana.enrolment.expect("enrolled") }).await;
    let members = vec![omar.person, ayo.person];
    desk.opens("North", members).await;
    std::mem::swap(&mut desk.db, &mut other);
    let entry = desk.text(dana, omar, 2, "from a stolen tablet");
    let decision = desk.commit(&[Request::Submit { actor: dana, entries: vec![entry] }]).await;
    assert_eq!(decision.replies, [Reply::Refused(ProblemCode::NotEnrolled)]);
    let again = Deed::Join { group: 1, person: ayo.person };
    assert_eq!(desk.deed(again).await, Reply::Refused(ProblemCode::AlreadyDone));
    other.close().await;
}

/// A commit that fails leaves nothing behind that the next one could believe.
pub async fn what_a_failed_commit_knew_is_forgotten(mut desk: Desk) {
    let (omar, dana) = (desk.omar, desk.dana);
    let one = desk.text(dana, omar, 1, "one");
    desk.submit(dana, vec![one]).await;
    let deed = Deed::Enrol {
        token_hash: [9; 32],
        enrolment: EnrolmentId::mint(NOW, 9),
        device: DeviceId::mint(NOW, 9),
        device_name: "second tablet".into(),
        // A credential that somebody has: the table refuses it, after everything was decided.
        credential_hash: credential_of(dana.enrolment.expect("enrolled")),
        public_key: [7; 32],
    };
    let nobody = PersonId::SERVER;
    desk.db.issue_token([9; 32], dana.person, nobody, NOW * 2).await.expect("a token");
    let two = desk.text(dana, omar, 2, "two");
    let id = two.id;
    let batch = [
        Request::Submit { actor: dana, entries: vec![two.clone()] },
        Request::Deed { actor: Actor::OPERATOR, id: desk.id(), deed },
    ];
    desk.fails(&batch).await;
    let answers = desk.submit(dana, vec![two]).await;
    assert!(matches!(answers[0], Answer::Accepted { id: it, .. } if it == id), "{answers:?}");
    assert_eq!(desk.size().await, desk.db.leaves(0, 1000).await.expect("leaves").len() as u64);
}

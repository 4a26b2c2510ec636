//! What one person at one window has before them: the language, the open conversation, drafts,
//! what is selected, and how far they have read. It holds no window; it turns gestures into
//! commands.

use std::collections::HashMap;
use std::sync::Arc;

use waypost_client::view::MessageView;
use waypost_client::{Command, View};
use waypost_locales::{Catalogue, Locale, Template, Texts};
use waypost_protocol::{Argument, Arguments, Body, ConversationId, FactId};

use crate::{
    Bubbles, Clock, Filter, Here, ReadMarks, Receipt, TIMELINE_STEP, bubbles, first_to_open,
    receipts,
};

/// The person at the window.
pub struct Reader {
    texts: Texts,
    here: Here,
    view: Option<Arc<View>>,
    /// The conversation asked for, before the view shows it.
    target: Option<ConversationId>,
    shown: usize,
    at_end: bool,
    selected: Option<FactId>,
    drafts: HashMap<ConversationId, String>,
    marks: ReadMarks,
}

impl Reader {
    /// A reader of this language who has seen nothing yet.
    pub fn new(locale: Locale, here: Here) -> Self {
        Self {
            texts: Texts::of(locale),
            here,
            view: None,
            target: None,
            shown: TIMELINE_STEP,
            at_end: true,
            selected: None,
            drafts: HashMap::new(),
            marks: ReadMarks::default(),
        }
    }

    /// The texts of the present language.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The device's clock, here and now.
    pub fn clock(&self) -> Clock {
        self.here.clock()
    }

    /// The newest view.
    pub fn view(&self) -> Option<&Arc<View>> {
        self.view.as_ref()
    }

    /// Reads on in another language.
    pub fn switch_language(&mut self, locale: Locale) {
        self.texts = Texts::with(locale, self.texts.catalogue().clone());
    }

    /// Takes a newer view. Gives the command that opens a conversation if none is.
    pub fn take(&mut self, view: Arc<View>, filter: Filter<'_>) -> Option<Command> {
        let nothing_open = view.timeline.is_none() && self.target.is_none();
        let first =
            nothing_open.then(|| first_to_open(&view, &self.texts, self.clock(), filter)).flatten();
        self.take_templates(&view);
        self.target =
            self.target.or(first).or(view.timeline.as_ref().map(|open| open.conversation));
        self.view = Some(view);
        first.map(|conversation| Command::Open { conversation: Some(conversation) })
    }

    /// Reads on with the templates that were published, if there are other ones.
    fn take_templates(&mut self, view: &View) {
        let before = self.view.as_ref().map(|before| &before.templates);
        let is_known =
            before.map_or(view.templates.is_empty(), |it| Arc::ptr_eq(it, &view.templates));
        if !is_known {
            let published = view.templates.iter().map(|it| Template {
                id: it.template.clone(),
                version: it.version,
                definition: it.definition.clone(),
            });
            let catalogue = Catalogue::with(published).into();
            self.texts = Texts::with(self.texts.locale(), catalogue);
        }
    }

    /// Goes to another conversation. The words in the composer stay with the one they were
    /// written in; the draft of the other comes back.
    pub fn open(&mut self, conversation: ConversationId, draft: String) -> (Command, String) {
        if let Some(left) = self.target.filter(|_| !draft.is_empty()) {
            self.drafts.insert(left, draft);
        }
        self.target = Some(conversation);
        self.shown = TIMELINE_STEP;
        self.at_end = true;
        self.selected = None;
        let draft = self.drafts.remove(&conversation).unwrap_or_default();
        (Command::Open { conversation: Some(conversation) }, draft)
    }

    /// The conversation that a message goes to now.
    pub fn target(&self) -> Option<ConversationId> {
        self.target
    }

    /// Sends words; nothing if they are blank.
    pub fn text(&self, text: &str) -> Option<Command> {
        let text = text.trim();
        let conversation = self.target.filter(|_| !text.is_empty())?;
        Some(Command::text(conversation, text))
    }

    /// Says that the reader is writing, where words would go; nothing if they would go nowhere.
    pub fn typing(&self) -> Option<Command> {
        self.target.map(|conversation| Command::Type { conversation })
    }

    /// Sends a template; nothing if it lacks an argument.
    pub fn template(&self, id: &str, argument: Option<Argument>) -> Option<Command> {
        let template = self.texts.catalogue().current(id)?;
        let names = template.definition.arguments.iter().map(|it| it.name.clone());
        self.filled(template, names.zip(argument).collect(), None)
    }

    /// Answers a message by one tap; nothing if it does not ask for that answer.
    pub fn answer(&self, message: FactId, id: &str) -> Option<Command> {
        self.filled(self.texts.catalogue().current(id)?, Arguments::new(), Some(message))
    }

    fn filled(
        &self,
        template: &Template,
        arguments: Arguments,
        answers: Option<FactId>,
    ) -> Option<Command> {
        let conversation = self.target.filter(|_| template.takes(&arguments))?;
        let message = Body::Template {
            template: template.id.clone(),
            version: template.version,
            arguments,
            answers,
            header: template.definition.header(self.clock().now),
        };
        Some(Command::send(conversation, message))
    }

    /// The messages to show.
    pub fn bubbles(&self) -> Bubbles {
        let shown = |view| bubbles(view, &self.texts, self.clock(), self.shown);
        self.view.as_deref().map(shown).unwrap_or_default()
    }

    /// Shows more of what was before.
    pub fn show_earlier(&mut self) {
        self.shown += TIMELINE_STEP;
    }

    /// Selects a message, or lets go of it if it is the selected one.
    pub fn select(&mut self, id: FactId) {
        self.selected = Some(id).filter(|id| self.selected != Some(*id));
    }

    /// The selected message of one's own, if it is in the open conversation.
    pub fn selected(&self) -> Option<&MessageView> {
        self.mine().find(|message| Some(message.id) == self.selected)
    }

    /// The newest message of one's own in the open conversation.
    pub fn newest_mine(&self) -> Option<&MessageView> {
        self.mine().last()
    }

    /// Who has this message.
    pub fn receipts(&self, message: &MessageView) -> Vec<Receipt> {
        receipts(message, &self.texts, self.clock())
    }

    /// The list stands at its newest message, or does not.
    pub fn set_at_end(&mut self, at_end: bool) {
        self.at_end = at_end;
    }

    /// The read mark that is due, if the window is on the screen.
    pub fn read(&mut self, visible: bool) -> Option<Command> {
        let view = self.view.clone()?;
        let followed = view.timeline.as_ref().map(|open| open.conversation) == self.target;
        self.marks.due(&view, visible && self.at_end && followed)
    }

    fn mine(&self) -> impl Iterator<Item = &MessageView> {
        let timeline = self.view.as_ref().and_then(|view| view.timeline.as_ref());
        timeline
            .into_iter()
            .flat_map(|open| &open.messages)
            .map(|one| &**one)
            .filter(|one| one.mine)
    }
}

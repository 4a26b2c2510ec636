# الاتصال
link-online = متصل
link-https = متصل، لكن أبطأ
link-https-detail = لا يعمل سوى HTTPS: تصل المستجدات على فترات.
link-catching-up = جارٍ جلب ما فاتك…
link-connecting = جارٍ الاتصال…
link-offline = غير متصل
link-retry = المحاولة التالية: { $time }
link-flight = وضع الطيران
link-flight-detail = الإرسال والاستقبال متوقفان حتى إلغاء هذا الوضع.
link-revoked = أُلغي تفعيل هذا الجهاز
link-revoked-detail = لم يعد بإمكانه الإرسال أو الاستقبال. يُرجى طلب رابط جديد من مركز العمليات.
link-waiting =
    { $count ->
        [zero] لا رسائل في الانتظار
        [one] رسالة واحدة في الانتظار
        [two] رسالتان في الانتظار
        [few] { $count } رسائل في الانتظار
        [many] { $count } رسالة في الانتظار
       *[other] { $count } رسالة في الانتظار
    }
notice-full = لا مكان لمزيد من الرسائل
notice-full-detail = تُرفض الرسائل الجديدة إلى أن تُرسل الرسائل المنتظرة. يُرجى الانتقال إلى مكان فيه تغطية.
notice-store = تعذّر الحفظ على هذا الجهاز
notice-store-detail = ما يُدخل الآن لا يُحفظ. يُرجى إخلاء بعض المساحة أو الاتصال بمركز العمليات. ({ $cause })
store-broken = تعذّرت قراءة الرسائل على هذا الجهاز
store-broken-detail = لم يُفقد شيء على الخادم. يُرجى الاتصال بمسؤول النظام. ({ $cause })
notice-refused =
    { $count ->
        [zero] لم تُرفض أي رسالة
        [one] رُفضت رسالة واحدة
        [two] رُفضت رسالتان
        [few] رُفضت { $count } رسائل
        [many] رُفضت { $count } رسالة
       *[other] رُفضت { $count } رسالة
    }
notice-show = عرض
not-sent = لم تُرسل
switch-language = اللغة
switch-night = الوضع الليلي
switch-day = الوضع النهاري
close = إغلاق

# تفعيل الجهاز
enrol-title = تفعيل هذا الجهاز
enrol-hint = وصلك رابط صالح لمرة واحدة. يُرجى لصقه هنا.
enrol-link = الرابط
enrol-link-example = waypost://…
enrol-device = اسم هذا الجهاز
enrol-device-example = مثال: الجهاز اللوحي للشاحنة 12
enrol = تفعيل
enrol-busy = جارٍ التفعيل…
enrol-no-link = يُرجى أولًا لصق الرابط المستلم من مركز العمليات. يبدأ الرابط هكذا: ⁦waypost://⁩
enrol-no-device = يُرجى إعطاء هذا الجهاز اسمًا كي يميّزه مركز العمليات عن غيره.
enrol-bad-link = هذا ليس رابط تفعيل. يُرجى نسخ الرابط كاملًا، من ⁦waypost://⁩ إلى آخره.
enrol-unreachable = الخادم لا يستجيب. يُرجى التحقق من الشبكة والمحاولة مرة أخرى.
enrol-wrong-server = هذا ليس الخادم الذي أُنشئ الرابط من أجله. يُرجى التوقف هنا وطلب رابط جديد من مركز العمليات.
enrol-store = تعذّر حفظ التفعيل على هذا الجهاز. يُرجى إخلاء بعض المساحة والمحاولة مرة أخرى.

# المحادثات
conversations = المحادثات
conversation-none = لا يوجد أحد لمراسلته بعد
conversation-none-detail = سيظهر مركز العمليات هنا بعد أول اتصال لهذا الجهاز بالشبكة.
conversation-empty = لا توجد رسائل بعد
broadcasts = الرسائل الجماعية
dispatch = غرفة التوزيع
case-assigned = تم التكفل به
case-resolved = تم الحل
case-reopened = فُتح من جديد
notification-settings = إعدادات الإشعارات
expiry-set = مدة بقاء الرسائل
report = بلاغ
report-judged = قرار بشأن بلاغ
incident =
    { $category ->
        [sos] نجدة
        [medical] حالة طبية طارئة
        [accident] حادث سير
        [security] أمن
        [breakdown] عطل
        [cargo] حمولة
        [obstruction] عائق
        [customer] زبون
       *[other] حادث
    }
stop-state =
    { $state ->
        [accepted] مقبول
        [en-route] في الطريق
        [arrived] وصل
        [servicing] قيد التنفيذ
        [completed] تم
        [attempted] محاولة لم تنجح
        [refused] مرفوض
        [cancelled] ملغى
       *[assigned] مخطط
    }
stop-planning = تخطيط الرحلة
plans-answered = رد على خطة
members =
    { $count ->
        [zero] لا أحد
        [one] شخص واحد
        [two] شخصان
        [few] { $count } أشخاص
        [many] { $count } شخصًا
       *[other] { $count } شخص
    }
unread =
    { $count ->
        [zero] لا رسائل غير مقروءة
        [one] رسالة واحدة غير مقروءة
        [two] رسالتان غير مقروءتين
        [few] { $count } رسائل غير مقروءة
        [many] { $count } رسالة غير مقروءة
       *[other] { $count } رسالة غير مقروءة
    }
people = جهات الاتصال
people-filter = البحث عن شخص
people-none = لا أحد بهذا الاسم
presence-online = متصل الآن
presence-online-since = متصل منذ { $time }
presence-offline = غير متصل
presence-last-seen = آخر ظهور: { $time }
presence-away = بعيدًا عن الجهاز
presence-driving = خلف المقود
presence-off-shift = خارج المناوبة
presence-typing = يكتب…

# الرسائل
you = أنت
consignee = المستلم
compose = كتابة رسالة
send = إرسال
acknowledge = تأكيد
acknowledged-by-you = تم التأكيد من جانبك
earlier = عرض الرسائل السابقة
newest = أحدث الرسائل
today = اليوم
yesterday = أمس
date =
    { $day } { $month ->
        [1] يناير
        [2] فبراير
        [3] مارس
        [4] أبريل
        [5] مايو
        [6] يونيو
        [7] يوليو
        [8] أغسطس
        [9] سبتمبر
        [10] أكتوبر
        [11] نوفمبر
       *[12] ديسمبر
    }
clock-suspect = كانت ساعة الجهاز خاطئة، وقت التسجيل: { $time }
message-newer = رسالة من إصدار أحدث. يُرجى تحديث هذا التطبيق لقراءتها.
message-gone = حُذفت هذه الرسالة.
message-deletion = إزالة رسالة من الشاشات
message-edited = { $time } · مُعدّلة

# إلى أين وصلت الرسالة
state-queued = في الانتظار
state-accepted = تم الإرسال
state-delivered = تم التسليم
state-read = تمت القراءة
state-acknowledged = تم التأكيد
state-progress = { $state }: { $reached } من { $total }
receipts-title = إشعارات الاستلام
receipts-hint = يُرجى اختيار إحدى رسائلك لمعرفة من وصلته.
receipts-not-yet = ليس بعد

# الرسائل الجاهزة
minutes =
    { $minutes ->
        [zero] { $minutes } دقيقة
        [one] دقيقة واحدة
        [two] دقيقتان
        [few] { $minutes } دقائق
        [many] { $minutes } دقيقة
       *[other] { $minutes } دقيقة
    }
templates = رسائل جاهزة
template-text = ما الذي تغيّر؟
cancel = إلغاء

# ما رفضه الخادم
refused-title = الرسائل المرفوضة
refused-to = إلى: { $title }
send-again = إعادة الإرسال
discard = حذف
discard-sure = حذف الرسالة نهائيًا؟
keep = إبقاء

# رسالة جاهزة من إصدار أحدث، أو رسالة لم تصل بياناتها.
template-plain = { $name }: { $arguments }

# لماذا لم تسر الأمور كما خُطط لها.
reason-other = سبب آخر
reason-consignee-absent = لم يوجد من يستلم البضاعة
reason-consignee-closed = المكان كان مغلقًا
reason-address-wrong = عنوان خاطئ
reason-address-not-found = لم يُعثر على المكان
reason-refused-by-consignee = رفض المستلم البضاعة
reason-goods-damaged = بضاعة متضررة
reason-goods-missing = بضاعة ناقصة
reason-goods-wrong = بضاعة مخالفة للطلب
reason-no-access = تعذّر الدخول
reason-unsuitable-facility = التفريغ غير ممكن هناك
reason-not-enough-time = الوقت لم يكن كافيًا
reason-window-missed = الوصول بعد الفترة المحددة
reason-receiving-time-restricted = تُستلم البضائع في أوقات أخرى
reason-vehicle-breakdown = عطل في المركبة
reason-accident = حادث سير
reason-traffic = ازدحام أو طريق مغلق
reason-weather = الأحوال الجوية
reason-customs = البضاعة محتجزة لدى الجمارك
reason-documents-missing = مستندات ناقصة أو خاطئة
reason-payment-missing = لم يتم الدفع
reason-other-date-wanted = العميل يريد موعدًا آخر
reason-shipper-cancelled = إلغاء من المرسل
reason-overweight = الوزن زائد
reason-previous-stop = تأخير في المحطة السابقة
reason-driver-unavailable = لا سائق متاح أو انتهى وقت القيادة

# يوم السائق
page-day = اليوم
page-messages = الرسائل
day-none = لا توجد محطات مقررة
day-none-detail = الرسائل تعمل كالمعتاد.
day-done = انتهت محطات اليوم
day-next = التالي
day-count =
    { $all ->
        [zero] لا محطات
        [one] { $done } من محطة واحدة
        [two] { $done } من محطتين
        [few] { $done } من { $all } محطات
        [many] { $done } من { $all } محطة
       *[other] { $done } من { $all } محطة
    }

# محطة
stop-navigate = الاتجاهات
stop-call = اتصال
stop-late = تأخير منذ { $time }
stop-instructions = التعليمات
stop-goods = البضاعة
stop-kind-delivery = توصيل
stop-kind-pickup = استلام
stop-kind-depot = المستودع

# ما غيّره مركز العمليات
change-title = تغيير من مركز العمليات
change-new = محطة جديدة
change-new-trip =
    { $count ->
        [zero] رحلة جديدة: لا محطات
        [one] رحلة جديدة: محطة واحدة
        [two] رحلة جديدة: محطتان
        [few] رحلة جديدة: { $count } محطات
        [many] رحلة جديدة: { $count } محطة
       *[other] رحلة جديدة: { $count } محطة
    }
change-order = ترتيب آخر للمحطات
change-before = سابقًا
change-now = الآن
change-name = المكان
change-address = العنوان
change-window = الوقت
change-instructions = التعليمات
change-goods = البضاعة
change-place = الموقع على الخريطة
change-contact = جهة الاتصال
change-other = التفاصيل
change-accept = قبول
change-refuse = رفض
change-why = ما سبب الرفض؟

# التأكيد والتراجع
confirm-title = { $what }: { $where }؟
confirm-yes = نعم
confirm-no = رجوع
words-title = ما المراد قوله؟
undo = تراجع
undo-done = تم الإرسال: { $what }
urgent-title = عاجل
urgent-acknowledge = مفهوم
urgent-more =
    { $count ->
        [zero] لا رسائل بعدها
        [one] رسالة واحدة بعدها
        [two] رسالتان بعدها
        [few] { $count } رسائل بعدها
        [many] { $count } رسالة بعدها
       *[other] { $count } رسالة بعدها
    }
more-templates = المزيد

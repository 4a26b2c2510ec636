# الرسائل الجاهزة. المعرّف بعد `template-` ثابت، و`.label` هو الاسم على الزر.

template-running-late =
    { $minutes ->
        [zero] سأتأخر أقل من دقيقة.
        [one] سأتأخر دقيقة واحدة.
        [two] سأتأخر دقيقتين.
        [few] سأتأخر { $minutes } دقائق.
        [many] سأتأخر { $minutes } دقيقة.
       *[other] سأتأخر { $minutes } دقيقة.
    }
    .label = تأخير
template-arrived = وصلت.
    .label = وصلت
template-delivered = تم تسليم البضاعة.
    .label = تم التسليم
template-customer-absent = العميل غير موجود.
    .label = العميل غير موجود
template-breakdown = تعطّلت مركبتي.
    .label = عطل في المركبة
template-call-me = يُرجى الاتصال بي.
    .label = يُرجى الاتصال بي
template-on-my-way =
    { $minutes ->
        [zero] أنا في الطريق، وسأصل بعد أقل من دقيقة.
        [one] أنا في الطريق، وسأصل بعد دقيقة واحدة.
        [two] أنا في الطريق، وسأصل بعد دقيقتين.
        [few] أنا في الطريق، وسأصل بعد { $minutes } دقائق.
        [many] أنا في الطريق، وسأصل بعد { $minutes } دقيقة.
       *[other] أنا في الطريق، وسأصل بعد { $minutes } دقيقة.
    }
    .label = في الطريق
template-picked-up = استلمت البضاعة.
    .label = استلمت البضاعة
template-refused = العميل يرفض استلام البضاعة: { $text }
    .label = رفض البضاعة
template-damaged = البضاعة متضررة: { $text }
    .label = بضاعة متضررة
template-wrong-address = العنوان غير صحيح: { $text }
    .label = عنوان خاطئ
template-road-blocked = الطريق مغلق: { $text }
    .label = الطريق مغلق
template-waiting =
    { $minutes ->
        [zero] أنتظر هنا منذ أقل من دقيقة.
        [one] أنتظر هنا منذ دقيقة واحدة.
        [two] أنتظر هنا منذ دقيقتين.
        [few] أنتظر هنا منذ { $minutes } دقائق.
        [many] أنتظر هنا منذ { $minutes } دقيقة.
       *[other] أنتظر هنا منذ { $minutes } دقيقة.
    }
    .label = انتظار
template-accident = وقع حادث.
    .label = حادث
template-on-break =
    { $minutes ->
        [zero] أنا في استراحة لأقل من دقيقة.
        [one] أنا في استراحة لمدة دقيقة واحدة.
        [two] أنا في استراحة لمدة دقيقتين.
        [few] أنا في استراحة لمدة { $minutes } دقائق.
        [many] أنا في استراحة لمدة { $minutes } دقيقة.
       *[other] أنا في استراحة لمدة { $minutes } دقيقة.
    }
    .label = استراحة
template-understood = مفهوم.
    .label = مفهوم
template-route-changed = تغيّر مسار رحلتك: { $text }
    .label = تغيير المسار
template-slot-changed = تغيّر موعدك: { $text }
    .label = تغيير الموعد
template-please-confirm = يُرجى تأكيد قراءة هذه الرسالة.
    .label = يُرجى التأكيد
template-call-in = يُرجى الاتصال بمركز العمليات.
    .label = الاتصال بالعمليات
template-stop-added = أُضيفت محطة توقف: { $text }
    .label = إضافة محطة
template-stop-cancelled = أُلغيت محطة توقف: { $text }
    .label = إلغاء محطة
template-where-are-you = أين أنت؟
    .label = أين أنت؟
template-return-to-depot = يُرجى العودة إلى المستودع.
    .label = العودة إلى المستودع
template-consignee-access = طريقة الدخول: { $text }
    .label = البوابة أو الجرس أو الرمز
template-consignee-leave-with = يُرجى تسليم البضاعة إلى: { $text }
    .label = التسليم إلى شخص آخر
template-consignee-call = يُرجى الاتصال بي قبل الوصول: { $text }
    .label = يُرجى الاتصال قبل الوصول
template-consignee-late =
    { $minutes ->
        [zero] سأكون هناك بعد أقل من دقيقة.
        [one] سأكون هناك بعد دقيقة واحدة.
        [two] سأكون هناك بعد دقيقتين.
        [few] سأكون هناك بعد { $minutes } دقائق.
        [many] سأكون هناك بعد { $minutes } دقيقة.
       *[other] سأكون هناك بعد { $minutes } دقيقة.
    }
    .label = سأكون هناك بعد …
template-consignee-absent = لن أكون هناك.
    .label = لن أكون هناك

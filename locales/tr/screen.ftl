# Bağlantı
link-online = Çevrimiçi
link-https = Çevrimiçi, daha yavaş
link-https-detail = Yalnızca HTTPS çalışıyor: yenilikler aralıklarla gelir.
link-catching-up = Kaçırdıklarınız alınıyor…
link-connecting = Bağlanıyor…
link-offline = Çevrimdışı
link-retry = Sonraki deneme: { $time }
link-flight = Uçak modu
link-flight-detail = Siz kapatana kadar hiçbir şey gönderilmez ve alınmaz.
link-revoked = Bu cihazın kaydı silindi
link-revoked-detail = Artık mesaj gönderemez ve alamaz. Sevk merkezinden yeni bir link isteyin.
link-waiting = { $count } mesaj bekliyor
notice-full = Yeni mesajlar için yer yok
notice-full-detail = Bekleyenler gönderilene kadar yeni mesajlar kabul edilmez. Şebekenin çektiği bir yer bulun.
notice-store = Bu cihaz veri saklayamıyor
notice-store-detail = Şu anda yaptıklarınız saklanmıyor. Yer açın veya sevk merkezini arayın. ({ $cause })
store-broken = Bu cihaz mesajlarını okuyamıyor
store-broken-detail = Sunucuda hiçbir şey kaybolmadı. Sistem yöneticinizi arayın. ({ $cause })
notice-refused = { $count } mesaj reddedildi
notice-show = Göster
not-sent = Gönderilmedi
switch-language = Dil
switch-night = Gece renkleri
switch-day = Gündüz renkleri
close = Kapat

# Kayıt
enrol-title = Bu cihazı kaydedin
enrol-hint = Size bir kez kullanılabilen bir link verildi. Buraya yapıştırın.
enrol-link = Link
enrol-link-example = waypost://…
enrol-device = Bu cihazın adı
enrol-device-example = Örneğin: Araç 12 tableti
enrol = Cihazı kaydet
enrol-busy = Kaydediliyor…
enrol-no-link = Önce sevk merkezinin verdiği linki yapıştırın. Link waypost:// ile başlar.
enrol-no-device = Bu cihaza bir ad verin ki sevk merkezi onu diğerlerinden ayırabilsin.
enrol-bad-link = Bu bir kayıt linki değil. Linkin tamamını, waypost:// kısmından sonuna kadar kopyalayın.
enrol-unreachable = Sunucu yanıt vermiyor. İnterneti kontrol edip yeniden deneyin.
enrol-wrong-server = Link bu sunucu için verilmemiş. Devam etmeyin; sevk merkezinden yeni bir link isteyin.
enrol-store = Bu cihaz kaydı saklayamıyor. Yer açıp yeniden deneyin.

# Yazışmalar
conversations = Yazışmalar
conversation-none = Henüz yazabileceğiniz kimse yok
conversation-none-detail = Bu cihaz bir kez çevrimiçi olduğunda sevk merkezi burada görünür.
conversation-empty = Henüz mesaj yok
broadcasts = Toplu duyurular
dispatch = Sevkiyat
case-assigned = Üstlenildi
case-resolved = Çözüldü
case-reopened = Yeniden açıldı
notification-settings = Bildirim ayarları
expiry-set = Mesajların saklanma süresi
report = Bildirim
report-judged = Bildirimle ilgili karar
incident =
    { $category ->
        [sos] SOS
        [medical] Tıbbi acil durum
        [accident] Kaza
        [security] Güvenlik
        [breakdown] Arıza
        [cargo] Yük
        [obstruction] Engel
        [customer] Müşteri
       *[other] Olay
    }
stop-state =
    { $state ->
        [accepted] Kabul edildi
        [en-route] Yolda
        [arrived] Varıldı
        [servicing] İşlemde
        [completed] Tamamlandı
        [attempted] Denendi, olmadı
        [refused] Reddedildi
        [cancelled] İptal edildi
       *[assigned] Planlandı
    }
stop-planning = Sefer planı
plans-answered = Plana yanıt
members = { $count } kişi
unread = { $count } okunmamış mesaj
people = Kişiler
people-filter = Kişi ara
people-none = Bu adda kimse yok
presence-online = Çevrimiçi
presence-online-since = { $time } saatinden beri çevrimiçi
presence-offline = Çevrimdışı
presence-last-seen = Son görülme: { $time }
presence-away = Cihazdan uzakta
presence-driving = Direksiyon başında
presence-off-shift = Vardiya dışında
presence-typing = yazıyor…

# Mesajlar
you = Siz
consignee = Alıcı
compose = Mesaj yazın
send = Gönder
acknowledge = Onayla
acknowledged-by-you = Onayladınız
earlier = Önceki mesajları göster
newest = En yeni mesajlar
today = Bugün
yesterday = Dün
date =
    { $day } { $month ->
        [1] Ocak
        [2] Şubat
        [3] Mart
        [4] Nisan
        [5] Mayıs
        [6] Haziran
        [7] Temmuz
        [8] Ağustos
        [9] Eylül
        [10] Ekim
        [11] Kasım
       *[12] Aralık
    }
clock-suspect = Saat yanlıştı, kayıt: { $time }
message-newer = Daha yeni bir sürümden gelen bir mesaj. Okumak için uygulamayı güncelleyin.
message-gone = Bu mesaj artık yok.
message-deletion = Bir mesajı ekranlardan kaldırır
message-edited = { $time } · düzenlendi

# Bir mesajın nereye kadar ulaştığı
state-queued = Bekliyor
state-accepted = Gönderildi
state-delivered = İletildi
state-read = Okundu
state-acknowledged = Onaylandı
state-progress = { $state }: { $reached }/{ $total }
receipts-title = Mesaj durumu
receipts-hint = Kimlere ulaştığını görmek için mesajlarınızdan birini seçin.
receipts-not-yet = Henüz değil

# Şablonlar
minutes = { $minutes } dk
templates = Hazır mesajlar
template-text = Ne değişti?
cancel = Vazgeç

# Sunucunun reddettikleri
refused-title = Reddedilen mesajlar
refused-to = Alıcı: { $title }
send-again = Yeniden gönder
discard = Sil
discard-sure = Kalıcı olarak silinsin mi?
keep = Kalsın

# Daha yeni bir sürümün şablonu veya bilgileri gelmemiş bir şablon.
template-plain = { $name }: { $arguments }

# Bir şeyin neden planlandığı gibi gitmediği.
reason-other = Başka bir neden
reason-consignee-absent = Malı teslim alacak kimse yoktu
reason-consignee-closed = İş yeri kapalıydı
reason-address-wrong = Adres yanlış
reason-address-not-found = Yer bulunamadı
reason-refused-by-consignee = Alıcı kabul etmedi
reason-goods-damaged = Mal hasarlı
reason-goods-missing = Mal eksik
reason-goods-wrong = Yanlış mal
reason-no-access = Giriş mümkün değil
reason-unsuitable-facility = Orada boşaltma yapılamıyor
reason-not-enough-time = Süre yetmedi
reason-window-missed = Zaman aralığından sonra varıldı
reason-receiving-time-restricted = Mal kabulü başka saatlerde
reason-vehicle-breakdown = Araç arızası
reason-accident = Kaza
reason-traffic = Trafik veya kapalı yol
reason-weather = Hava koşulları
reason-customs = Mal gümrükte tutuluyor
reason-documents-missing = Belgeler eksik veya hatalı
reason-payment-missing = Ödeme yapılmadı
reason-other-date-wanted = Müşteri başka bir zaman istiyor
reason-shipper-cancelled = Gönderen iptal etti
reason-overweight = Fazla ağır
reason-previous-stop = Önceki durakta gecikme
reason-driver-unavailable = Sürücü yok veya sürüş süresi doldu

# Sürücünün günü
page-day = Bugün
page-messages = Mesajlar
day-none = Planlanmış durak yok
day-none-detail = Mesajlar her zamanki gibi çalışır.
day-done = Bugünün işi bitti
day-next = Sırada
day-count = { $done }/{ $all } durak

# Bir durak
stop-navigate = Yol tarifi
stop-call = Telefon et
stop-late = { $time } saatinden beri gecikmeli
stop-instructions = Talimatlar
stop-goods = Mallar
stop-kind-delivery = Teslimat
stop-kind-pickup = Alım
stop-kind-depot = Depo

# Sevk merkezinin değiştirdikleri
change-title = Sevk merkezi değiştirdi
change-new = Yeni durak
change-new-trip = Yeni sefer: { $count } durak
change-order = Durak sırası değişti
change-before = önce
change-now = şimdi
change-name = Yer
change-address = Adres
change-window = Saat
change-instructions = Talimatlar
change-goods = Mallar
change-place = Haritadaki yer
change-contact = İletişim
change-other = Ayrıntılar
change-accept = Kabul et
change-refuse = Reddet
change-why = Neden olmaz?

# Onaylama ve geri alma
confirm-title = { $what }: { $where }?
confirm-yes = Evet
confirm-no = Geri
words-title = Ne söylemek istiyorsunuz?
undo = Geri al
undo-done = Gönderildi: { $what }
urgent-title = Acil
urgent-acknowledge = Anlaşıldı
urgent-more = ardından { $count } mesaj daha
more-templates = Daha fazla

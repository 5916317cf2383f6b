"""What do the pages say, in English and Indonesian?"""

from __future__ import annotations

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}

WORDS: dict[str, dict[str, str]] = {
    "title": {"en": "Your account", "id": "Akun Anda"},
    "start": {
        "en": "Here you can look after your Jembatan account without the app.",
        "id": "Di sini Anda dapat mengurus akun Jembatan tanpa aplikasi.",
    },
    "password": {"en": "Set a new password", "id": "Pasang kata sandi baru"},
    "password_about": {
        "en": "We send a code of six digits to your e-mail address. With it you set a new password, and all sign-ins end.",
        "id": "Kami mengirim kode enam angka ke alamat e-mail Anda. Dengan kode itu Anda memasang kata sandi baru, dan"
        " semua sesi masuk berakhir.",
    },
    "email": {"en": "E-mail address", "id": "Alamat e-mail"},
    "ask": {"en": "Send me a code", "id": "Kirim kode"},
    "code": {"en": "Code from the e-mail", "id": "Kode dari e-mail"},
    "code_sent": {
        "en": "If this address has an account, a code is on its way to it. Please also look into the spam folder. It can"
        " take a minute.",
        "id": "Jika alamat ini memiliki akun, kode sedang dikirim ke sana. Periksa juga folder spam. Pengiriman dapat"
        " memakan waktu satu menit.",
    },
    "development_code": {"en": "Development code", "id": "Kode pengembangan"},
    "new_password": {"en": "New password", "id": "Kata sandi baru"},
    "new_password_about": {"en": "At least 8 characters.", "id": "Sedikitnya 8 karakter."},
    "start_over": {
        "en": "I did not open this account: start over",
        "id": "Bukan saya yang membuat akun ini: mulai dari awal",
    },
    "start_over_about": {
        "en": "What somebody else left in the account is put aside and erased after 30 days, and you begin with an empty"
        " one. Without this mark everything in the account stays.",
        "id": "Isi akun yang ditinggalkan orang lain disisihkan dan dihapus setelah 30 hari, dan Anda mulai dengan akun"
        " kosong. Tanpa tanda ini, isi akun tetap ada.",
    },
    "set_password": {"en": "Set the password", "id": "Pasang kata sandi"},
    "another_code": {"en": "Ask for a new code", "id": "Minta kode baru"},
    "password_done": {
        "en": "Your new password is set, and all sign-ins have ended. Please sign in to the app with the new password.",
        "id": "Kata sandi baru Anda telah dipasang, dan semua sesi masuk telah berakhir. Silakan masuk ke aplikasi dengan"
        " kata sandi baru.",
    },
    "deletion": {"en": "Delete your account", "id": "Hapus akun Anda"},
    "deletion_about": {
        "en": "We send a code of six digits to your e-mail address. With it you ask for the deletion of your account and of"
        " everything that we keep about you.",
        "id": "Kami mengirim kode enam angka ke alamat e-mail Anda. Dengan kode itu Anda meminta penghapusan akun beserta"
        " semua data Anda.",
    },
    "delete_about": {
        "en": "All sign-ins end at once. Profile, documents, verifications, applications and saved items are erased. Until"
        " that begins you can sign in and take the request back.",
        "id": "Semua sesi masuk segera berakhir. Profil, dokumen, verifikasi, lamaran, dan item tersimpan akan dihapus."
        " Sebelum penghapusan dimulai, Anda dapat masuk dan membatalkan permintaan ini.",
    },
    "delete": {"en": "Delete my account", "id": "Hapus akun saya"},
    "deletion_done": {
        "en": "The deletion of your account is on its way, and all sign-ins have ended. Everything will be erased by this"
        " day at the latest:",
        "id": "Penghapusan akun Anda sedang diproses, dan semua sesi masuk telah berakhir. Semua data akan dihapus paling"
        " lambat pada tanggal ini:",
    },
    "back": {"en": "Back to the start", "id": "Kembali ke awal"},
}

"""What do the mails say? Subject and text of each kind, in English and Indonesian."""

from __future__ import annotations

from dataclasses import dataclass

from service.notices.models import NoticeKind

LANGUAGES = ("en", "id")


@dataclass(frozen=True, slots=True)
class Words:
    """One language of a mail; `{code}` and `{minutes}` stand for what `service/notices/sending.py` puts there."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mail. `is_security`: it goes to addresses that nobody has proved yet, too."""

    en: Words
    id: Words
    is_security: bool = True

    def words(self, language: str) -> Words:
        return self.id if language == "id" else self.en


KINDS: dict[NoticeKind, Kind] = {
    NoticeKind.VERIFICATION_CODE: Kind(
        en=Words(
            "Your verification code",
            "Your verification code is {code}.\n\n"
            "It is valid for {minutes} minutes. If you did not ask for it, ignore this mail.\n",
        ),
        id=Words(
            "Kode verifikasi Anda",
            "Kode verifikasi Anda adalah {code}.\n\n"
            "Kode berlaku selama {minutes} menit. Abaikan surel ini jika Anda tidak memintanya.\n",
        ),
    ),
    NoticeKind.PASSWORD_RESET_CODE: Kind(
        en=Words(
            "Your code for a new password",
            "Your code for a new password is {code}.\n\n"
            "It is valid for {minutes} minutes. Give it to nobody. If you did not ask for it, ignore this mail:"
            " your password stays as it is.\n\n"
            "With the new password all sign-ins of the account end. What is in the account stays.\n\n"
            'If you did not open this account, choose "start over" when you enter the code: then what somebody else'
            " left in it is put aside and erased after 30 days, and you begin with an empty account.\n",
        ),
        id=Words(
            "Kode untuk kata sandi baru",
            "Kode Anda untuk kata sandi baru adalah {code}.\n\n"
            "Kode berlaku selama {minutes} menit. Jangan berikan kepada siapa pun. Abaikan surel ini jika Anda tidak"
            " memintanya: kata sandi Anda tidak berubah.\n\n"
            "Dengan kata sandi baru, semua sesi masuk pada akun ini berakhir. Isi akun tetap ada.\n\n"
            'Jika bukan Anda yang membuat akun ini, pilih "mulai dari awal" saat memasukkan kode: isi yang'
            " ditinggalkan orang lain disisihkan dan dihapus setelah 30 hari, dan Anda mulai dengan akun kosong.\n",
        ),
    ),
    NoticeKind.PASSWORD_WAS_RESET: Kind(
        en=Words(
            "Your password was reset",
            "A new password was set for your account with a code that was sent to this address. All sign-ins have"
            " ended; please sign in with the new password.\n\n"
            'If this was not you, somebody can read your mail. Secure your mailbox first, then use "Forgot password?"'
            " in the app.\n",
        ),
        id=Words(
            "Kata sandi Anda telah diatur ulang",
            "Kata sandi baru telah dipasang pada akun Anda dengan kode yang dikirim ke alamat ini. Semua sesi masuk"
            " telah berakhir; silakan masuk dengan kata sandi baru.\n\n"
            "Jika bukan Anda yang melakukannya, ada orang yang dapat membaca surel Anda. Amankan kotak surel Anda dahulu,"
            ' lalu gunakan "Lupa kata sandi?" di aplikasi.\n',
        ),
    ),
    NoticeKind.PASSWORD_CHANGED: Kind(
        en=Words(
            "Your password was changed",
            "The password of your account was changed, and all other sign-ins have ended.\n\n"
            'If this was not you, use "Forgot password?" in the app now.\n',
        ),
        id=Words(
            "Kata sandi Anda telah diubah",
            "Kata sandi akun Anda telah diubah, dan semua sesi masuk lainnya telah berakhir.\n\n"
            'Jika bukan Anda yang melakukannya, segera gunakan "Lupa kata sandi?" di aplikasi.\n',
        ),
    ),
    NoticeKind.PASSWORD_CHANGED_BY_STAFF: Kind(
        en=Words(
            "An administrator changed your password",
            "Another person who manages accounts set a new password for your staff account. All your sign-ins have"
            " ended.\n\n"
            "If you did not ask for it, tell your other administrators now, by another way than this mail.\n",
        ),
        id=Words(
            "Administrator mengubah kata sandi Anda",
            "Pengelola akun lain memasang kata sandi baru untuk akun staf Anda. Semua sesi masuk Anda telah"
            " berakhir.\n\n"
            "Jika Anda tidak memintanya, segera beri tahu administrator lain melalui cara selain surel ini.\n",
        ),
    ),
    NoticeKind.FACTOR_CHANGED: Kind(
        en=Words(
            "Your second factor was changed",
            "The second factor of your staff account was set, changed or removed.\n\n"
            "If this was not you and you did not ask for it, tell your administrators now, by another way than this"
            " mail.\n",
        ),
        id=Words(
            "Faktor kedua Anda telah diubah",
            "Faktor kedua akun staf Anda telah dipasang, diubah, atau dihapus.\n\n"
            "Jika bukan Anda yang melakukannya dan Anda tidak memintanya, segera beri tahu administrator melalui cara"
            " selain surel ini.\n",
        ),
    ),
    # Not for unproved addresses: who opens an account under a stranger's could fill that mailbox with sign-ins.
    NoticeKind.NEW_SIGN_IN: Kind(
        en=Words(
            "New sign-in to your account",
            "Somebody signed in to your account on a device or a network that we had not seen with it.\n\n"
            "Device: {device}\nTime: {at} UTC\n\n"
            "If this was you, there is nothing to do. If it was not, change your password in the app now, or use"
            ' "Forgot password?": that ends every other sign-in.\n',
        ),
        id=Words(
            "Sesi masuk baru pada akun Anda",
            "Seseorang masuk ke akun Anda dari perangkat atau jaringan yang belum pernah digunakan pada akun ini.\n\n"
            "Perangkat: {device}\nWaktu: {at} UTC\n\n"
            "Jika itu Anda, tidak ada yang perlu dilakukan. Jika bukan, segera ubah kata sandi Anda di aplikasi, atau"
            ' gunakan "Lupa kata sandi?": semua sesi masuk lainnya akan berakhir.\n',
        ),
        is_security=False,
    ),
    NoticeKind.ADDRESS_CONFIRMED: Kind(
        en=Words(
            "Your address was confirmed",
            "This address was confirmed with the code that we sent to it.\n\n"
            "If you did not open the account yourself, whoever did still knows its password. Then use"
            ' "Forgot password?" in the app: with the code that you get you set a password of your own, and all other'
            " sign-ins end.\n",
        ),
        id=Words(
            "Alamat Anda telah dikonfirmasi",
            "Alamat ini telah dikonfirmasi dengan kode yang kami kirimkan.\n\n"
            "Jika bukan Anda yang membuat akun ini, pembuatnya masih mengetahui kata sandinya. Gunakan"
            ' "Lupa kata sandi?" di aplikasi: dengan kode yang Anda terima, Anda memasang kata sandi sendiri dan semua'
            " sesi masuk lainnya berakhir.\n",
        ),
    ),
    NoticeKind.ACCOUNT_DELETION_CODE: Kind(
        en=Words(
            "Your code to delete your account",
            "Your code to delete your account is {code}.\n\n"
            "It is valid for {minutes} minutes. Give it to nobody. If you did not ask for it, ignore this mail: your"
            " account stays as it is.\n",
        ),
        id=Words(
            "Kode untuk menghapus akun Anda",
            "Kode Anda untuk menghapus akun adalah {code}.\n\n"
            "Kode berlaku selama {minutes} menit. Jangan berikan kepada siapa pun. Abaikan surel ini jika Anda tidak"
            " memintanya: akun Anda tidak berubah.\n",
        ),
    ),
    NoticeKind.DELETION_REQUESTED: Kind(
        en=Words(
            "Your account will be erased",
            "The deletion of your account was asked for, with its password or with a code from this mailbox. All sign-ins"
            " have ended. By {date} everything that we keep about you will be erased:"
            " profile, documents, verifications, applications and saved items."
            " That cannot be undone.\n\n"
            "Do you want to keep your account? Sign in and take the request back, at least two days before that date.\n\n"
            "If this was not you, somebody knows your password or reads your mail. Secure your mailbox first, then use"
            ' "Forgot password?" in the app.\n',
        ),
        id=Words(
            "Akun Anda akan dihapus",
            "Penghapusan akun Anda diminta, dengan kata sandinya atau dengan kode dari kotak surel ini. Semua sesi masuk"
            " telah berakhir. Paling lambat {date} semua data Anda akan dihapus:"
            " profil, dokumen, verifikasi, lamaran, dan item tersimpan. Penghapusan tidak"
            " dapat dibatalkan setelah itu.\n\n"
            "Ingin tetap memiliki akun? Masuk dan batalkan permintaan ini, paling lambat dua hari sebelum tanggal"
            " tersebut.\n\n"
            "Jika bukan Anda yang melakukannya, ada orang yang mengetahui kata sandi Anda atau membaca surel Anda."
            ' Amankan kotak surel Anda dahulu, lalu gunakan "Lupa kata sandi?" di aplikasi.\n',
        ),
    ),
    NoticeKind.DELETION_CANCELLED: Kind(
        en=Words(
            "Your account stays",
            "The request to erase your account was taken back. Nothing was erased.\n\n"
            'If this was not you, use "Forgot password?" in the app now.\n',
        ),
        id=Words(
            "Akun Anda tetap ada",
            "Permintaan penghapusan akun Anda telah dibatalkan. Tidak ada data yang dihapus.\n\n"
            'Jika bukan Anda yang melakukannya, segera gunakan "Lupa kata sandi?" di aplikasi.\n',
        ),
    ),
    NoticeKind.EXPORT_READY: Kind(
        en=Words(
            "Your data are ready",
            "The file with everything that we keep about you is ready. You find it in the app, signed in, for seven"
            " days.\n\n"
            'If you did not ask for it, somebody can use your account: use "Forgot password?" in the app now.\n',
        ),
        id=Words(
            "Data Anda sudah siap",
            "Berkas berisi semua data yang kami simpan tentang Anda sudah siap. Anda dapat mengambilnya di aplikasi,"
            " setelah masuk, selama tujuh hari.\n\n"
            'Jika bukan Anda yang memintanya, ada orang yang dapat memakai akun Anda: segera gunakan "Lupa kata sandi?"'
            " di aplikasi.\n",
        ),
    ),
}


def page_line(language: str, address: str | None) -> str:
    """The last line of every mail: where people look after their account without the app. Empty without an address."""
    if address is None:
        return ""
    return f"\nAkun Anda di web: {address}\n" if language == "id" else f"\nYour account on the web: {address}\n"

"""How does a failure leave the product? ApiError and the errors that every feature shares.

    ApiError
    ├── NotFound, InvalidRequestBody, InternalError
    ├── Unauthenticated: MissingAccessToken, InvalidAccessToken, ExpiredAccessToken
    ├── Unavailable: DatabaseUnavailable, StorageUnavailable, ServerBusy, SearchBusy
    └── InvalidField: the 400 of one request field; those that one feature names live beside its schema, others here

A feature's own errors live beside the function that raises them.
"""

from __future__ import annotations

from sanic.exceptions import SanicException

_MINUTE = 60
# From two on: up to a minute is told in seconds, or as a moment. Fifteen is what guessing costs at most.
_WORDS = {
    "en": "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen",
    "id": "dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|dua belas|tiga belas|empat belas|lima belas",
}


def _in_words(number: int, language: str) -> str:
    words = dict(enumerate(_WORDS[language].split("|"), start=2))
    return words.get(number, str(number))


class ApiError(SanicException):
    """A refusal that the contract knows: `{"error": {"code", "message"}}` with a status.

    `code` is contract and never renamed; both messages are shown to users as they are: `message` in English,
    `message_id` in Indonesian. `retry_after` (seconds) becomes the header of that name; above a minute the texts are
    `message_minutes` and `message_minutes_id` where a class has them.
    """

    status_code: int = 500
    code: str = "internal_error"
    message: str = "Something went wrong on our side. Please try again."
    message_id: str = "Terjadi kesalahan di pihak kami. Silakan coba lagi."
    message_minutes: str = ""
    message_minutes_id: str = ""
    retry_after: int | None = None
    quiet = True

    def __init__(self, *, retry_after: int | None = None) -> None:
        if retry_after is not None:
            self.retry_after = retry_after
        super().__init__(self.message, status_code=self.status_code, quiet=self.quiet)

    def text(self, language: str) -> str:
        """The sentence for the user in `language` (`id` or `en`).

        `{seconds}` is the time to wait; `{minutes}` too, rounded up so that nobody comes back too early.
        """
        seconds = self.retry_after or 0
        long = seconds > _MINUTE and self.message_minutes
        if language == "id":
            sentence = self.message_minutes_id if long else self.message_id
        else:
            sentence = self.message_minutes if long else self.message
        minutes = -(-seconds // _MINUTE)
        return sentence.replace("{seconds}", str(seconds)).replace("{minutes}", _in_words(minutes, language))


class NotFound(ApiError):
    status_code, code = 404, "not_found"
    message = "This address does not exist."
    message_id = "Alamat ini tidak ada."


class InvalidRequestBody(ApiError):
    status_code, code = 400, "invalid_request_body"
    message = "The request could not be read."
    message_id = "Permintaan tidak dapat dibaca."


class InternalError(ApiError):
    quiet = False


class Unauthenticated(ApiError):
    status_code = 401


class MissingAccessToken(Unauthenticated):
    code = "missing_access_token"
    message = "Please sign in first."
    message_id = "Silakan masuk terlebih dahulu."


class InvalidAccessToken(Unauthenticated):
    code = "invalid_access_token"
    message = "Your sign-in is not valid. Please sign in again."
    message_id = "Sesi masuk Anda tidak valid. Silakan masuk kembali."


class ExpiredAccessToken(Unauthenticated):
    code = "expired_access_token"
    message = "Your sign-in has expired. Please sign in again."
    message_id = "Sesi masuk Anda telah berakhir. Silakan masuk kembali."


class InsufficientAdminRole(ApiError):
    status_code, code = 403, "insufficient_admin_role"
    message = "Your account may not do this."
    message_id = "Akun Anda tidak diizinkan melakukan ini."


class AdminApiDisabled(ApiError):
    status_code, code = 503, "admin_api_disabled"
    message = "Staff access by key is switched off."
    message_id = "Akses staf dengan kunci dinonaktifkan."
    retry_after = 3600


class MissingAdminApiKey(Unauthenticated):
    code = "missing_admin_api_key"
    message = "Staff credentials are missing."
    message_id = "Kredensial staf tidak disertakan."


class InvalidAdminApiKey(ApiError):
    status_code, code = 403, "invalid_admin_api_key"
    message = "The staff key is not valid."
    message_id = "Kunci staf tidak valid."


class Unavailable(ApiError):
    """Something that we depend on does not answer now; the same request may succeed later."""

    status_code = 503
    retry_after = 5


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    message = "The service is briefly unavailable. Please try again in a moment."
    message_id = "Layanan sedang tidak tersedia. Silakan coba lagi sebentar lagi."


class StorageUnavailable(Unavailable):
    code = "storage_unavailable"
    message = "Document storage is briefly unavailable. Please try again in a moment."
    message_id = "Penyimpanan dokumen sedang tidak tersedia. Silakan coba lagi sebentar lagi."


class ServerBusy(Unavailable):
    code = "server_busy"
    message = "The service is very busy. Please try again in a moment."
    message_id = "Layanan sedang sangat sibuk. Silakan coba lagi sebentar lagi."
    retry_after = 2


class SearchBusy(Unavailable):
    code = "search_busy"
    message = "This search takes too long. Please try a more exact term."
    message_id = "Pencarian ini terlalu lama. Silakan coba kata yang lebih spesifik."
    retry_after = 2


class RateLimited(ApiError):
    status_code, code = 429, "rate_limited"
    message = "Too many requests. Please wait a moment and try again."
    message_id = "Terlalu banyak permintaan. Silakan tunggu sebentar lalu coba lagi."
    message_minutes = "Too many requests. Please try again in {minutes} minutes."
    message_minutes_id = "Terlalu banyak permintaan. Silakan coba lagi dalam {minutes} menit."
    retry_after = 10


class InvalidField(ApiError):
    """The 400 of one request field."""

    status_code = 400


class InvalidLimit(InvalidField):
    code = "invalid_limit"
    message = "The page size is not valid."
    message_id = "Ukuran halaman tidak valid."


class InvalidCursor(InvalidField):
    code = "invalid_cursor"
    message = "The page position is not valid."
    message_id = "Posisi halaman tidak valid."


class InvalidNote(InvalidField):
    code = "invalid_note"
    message = "The note is too long or cannot be read."
    message_id = "Catatan terlalu panjang atau tidak dapat dibaca."


class InvalidReason(InvalidField):
    code = "invalid_reason"
    message = "The reason is too long or cannot be read."
    message_id = "Alasan terlalu panjang atau tidak dapat dibaca."


class InvalidReasonCode(InvalidField):
    code = "invalid_reason_code"
    message = "One of the reasons is not valid."
    message_id = "Salah satu alasan tidak valid."


class InvalidCountryCode(InvalidField):
    code = "invalid_country_code"
    message = "Please enter a country code of two letters."
    message_id = "Silakan isi kode negara dua huruf."


def all_errors() -> list[type[ApiError]]:
    """Each class that can leave the product, once, ordered by code and status."""
    found: set[type[ApiError]] = set()
    waiting: list[type[ApiError]] = [ApiError]
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if "code" in child.__dict__ or child is InternalError:
                found.add(child)
    return sorted(found, key=lambda error: (error.code, error.status_code, error.__name__))

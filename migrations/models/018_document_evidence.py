"""Documents of applications say what is known of their bytes; documents that are there already are read as well."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    # Two seconds apart, so that other tasks do not wait behind them. The ids keep a repetition from adding anything.
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE job_application_documents
            ADD COLUMN IF NOT EXISTS byte_state TEXT NOT NULL DEFAULT 'declared'
                CHECK (byte_state IN ('declared', 'verified', 'rejected')),
            ADD COLUMN IF NOT EXISTS byte_reason TEXT,
            ADD COLUMN IF NOT EXISTS bytes_checked_at TIMESTAMPTZ;
        INSERT INTO background_tasks (id, kind, payload_json, max_attempts, run_at)
            SELECT md5('verify_document:' || id)::uuid, 'verify_document',
                jsonb_build_object('subject', subject, 'documentId', id, 'look', 0, 'until', now() + interval '25 hours'
                    + number * interval '2 seconds'), 15, now() + number * interval '2 seconds'
            FROM (
                SELECT subject, id, row_number() OVER (ORDER BY created_at DESC, id) AS number
                FROM (
                    SELECT 'identity' AS subject, id, created_at FROM identity_documents
                        WHERE byte_state = 'declared' AND bytes_checked_at IS NULL
                    UNION ALL
                    SELECT 'application', id, created_at FROM job_application_documents
                        WHERE byte_state = 'declared' AND bytes_checked_at IS NULL
                ) unread
            ) numbered
        ON CONFLICT (id) DO NOTHING;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_documents
            DROP COLUMN IF EXISTS bytes_checked_at,
            DROP COLUMN IF EXISTS byte_reason,
            DROP COLUMN IF EXISTS byte_state;
    """


MODELS_STATE = (
    "eJztXWlz2zjS/isofdnZKsWVOHGSTd56q+TEyXiS2FO2M9ljtmiIhCSMKUJDUFa0s/PfFw"
    "2SEg+QJqkLpPHFB4kGyW4c3U8f+KM3ZQ5x+dHZFFP3F+LTEbVxQJn3boJdl3hj0nuD/uh5"
    "eAp/VGjdRz08m63bwoUAD11JToDOuk8QWnZMKVviIQ98bAei8Qi7nIhLDuG2T2fQGLoYIE"
    "6/P3HomAbIFk9AwQQHaIE54sQLUMAQ9hB2HJ9w/hYxz10iGnA0wXyCqGgUMJ84R/Ash9ni"
    "YdQbb7fbuUd/nxMrYGMSTIgvOv/Xv8Vl6jnku/jI6N/ZnTWixHVS3KUOdCCvW8FyJq99/X"
    "r+/oNsCa88tGzmzqfeuvVsGUwEG+Pm8zl1joAG7o2JR3wcECfBTm/uupE44kvhG4sLgT8n"
    "q1d11hccMsJzF4TS+7/R3LNBFkg+CX68+P/o1RLNLOvi8sa6PruxrF5OhvAKGf5Hl2zmgf"
    "ypFwCj/vgz7HfNEHm1Bw949+Pg6ofnL/8qWcB4MPblTcmu3p+SEAc4JJVMX3NZDsI8o2/I"
    "90DN6BVBhtfiVZtwOb6wZvN6qMcMjFm0X6benP39Bnqecv67CxcufhlcSU5/Gfxdsnq6jO"
    "58vrz4GDdnYsaG8/vi3efLU8n+NbthNlkwT+qwPEVk2N6A7eT7jIo5YeEgz/f3gm0BnZKC"
    "4Z6izDDfiUiP4j86JorzL2fXN4MvP6fk8X5wcwZ3jlOyiK/+EK5Ca3GsOkHfzm9+RPAv+u"
    "flxVl2rVq1u/lnD94JzwNmeWxhiX0mwZP4cnwpJWbRFfEcC9+LJQrY3UDeBV0YwWsteBwE"
    "ZDoLhBznnkLk517Bypqjy8iZhld3IdmnOxJrTyqpT46fvXj14vXzly9eiybyLVdXXpVI/v"
    "ziJrN0TvF3K2ITr8HZLNn+GHvSEsaGij9xGixSGdItLE6RbmvWpu2vTbZPgO8NxJym7OAW"
    "JHZb7FwK8zEagS0RezRZSqU+nzkNpZ6mNFLXReqKyR69fULqnPhWPeAiQbJN9ELfBfwBsA"
    "LwoNGdEqsAVuVZ+4H5hI69T2QpGXwu3gN7NlEwNMLrvkbdtJOl66vrlcjHixWAlhxQ4tvF"
    "F5NAfv27wfW7wfuznuTwENt3C+w7VorVcIcds8yVVdv8renxNHsFe3gsmQNfAe8ccf2KuU"
    "r0VF7vl+GkvmhREQ/9BjglRjPic+ahKV4ih71FwYRIGJMj7BNxe0SF+BAnQR9RT3BLDAE0"
    "XIobUzr2JRCbh0S32rNBRTVYaPolqCjIVI3QiWVGic9tD5p7mMMdAuaSr6nkt3pcZ8gMJt"
    "oEijZ2Scc01CK7JKdSFWsAGVV2tfWmh8dpRPvh0xVxccEsTGhb8R7fsmFQpHH9uUs96Zpw"
    "Hr5nTlWKb5VqSzxsVFFhuvQI8slIjK8JCtgd8Y7QFVtwxEZSt2EuaDP+PfHRBN8T5DHR0Z"
    "S6QqXxHPhvJvQeL8irS1vs1yhLmitLUr4lTk2VypSm0Vdx6n1mCxik5Du6/nHw5PjkZTyE"
    "06M7OwH02OKN27ORKDTa0iu6Pe/FIGyiyaUpjR9BZykbff2x6Oupuc2ChlJPU7Zmbve+TY"
    "gnd1g+t22hzDJfRh5OsUO2sM1qJP5Ks37FBOuOLJWuhWKUREXbSNXak+RvhNDFm6K56FYI"
    "fULtiWIgiHv0XhG1qofKFZoxNX1AKaINDJD27L4PmhvGp7YjdoaWdU2Gpoi2OEB1xbqNj/"
    "LAPsr8kroFpkb42YdVf61cTh9kbmo32dwFnF068oK49MgNEz/qiaGly8WD7E+tlSn2izdA"
    "F18/f87wv4jdK7WnGICPOf8wDN+c6ZqO+j+b4erR5C9G19erw4MYuyVnGq0anACYOBcL1h"
    "PqSZgbu24aReRhnpUt3guNfDZFNDhCAzkI4gY29v0w2YqKDji65dS5VcPvu3uUQeQ10EH6"
    "ZeELBip6hFARERxtIvMkXWtgokcJAUNmkhi/vF6wTJpKYwBI21AZA0EYk/nQZsUGYb0Jky"
    "IRHNI8pKebtsSuAnrkuFTYG/F4LTYzQORVC0EIPd+WWYxHCGB08gTS9OMaDeuiDOJz6XQq"
    "foNVIIwDV4Y32JjnfSvb6tNYCxosv2XWwkg8y5L/1FAqUkQm/rZJcE5x5Q1VxNSW627oAK"
    "XtjdUzzPmCiYW8buWNHKEZ6SbS3MARleAIfC82HN+a+7XKC6WpjLHawFg1mccdm21VMo+T"
    "xeSaoYCqDloDB/auSYCYZ4t+PAJpBUICWFXbrpsgYaMMnwfrDzZHCMpLIrZs1ShEDVJxen"
    "tGVtrMpJTfdGNmVQ7naCXLTBpexaGF78Wu9RsbbjqooJ+f2LDbfII9ZxuM+ln001VO4dnM"
    "jfdF0eV8SrxNeTZYd/k+6rGr3BMz0UpwcEPGiQmZ4F1XeXa3tK3t6BGflnbHVQnmj7FH/7"
    "ONwXWZ6KpL7Nq1U6uook9S1Sh3blk1SvsMEDQOw9bwyjMFNcdV9ctL2yo8Uv9aeaGBsvdv"
    "46HSyUNlAORChrcU0qqW+uiSmlE3CRITdWOCmEwQ04F1kP4meT9+pENsyNKOoR5ZliaWPJ"
    "3KPQKEotANI2SlWC2MEZwqCqFoG0YmUQeikTDi7nyMRsxHnBCHOEILXHAZlQRZxAH5HkDx"
    "FoxgNstmkBbBQAVU6pDb7n7LgVBFgSIb5Hk/xiiRkrpGNFAtQMW+6xWBiRJpFA81c9kSML"
    "GQcTUYryA1ImgggnvKscVn4iWYzyd0psBVmNhusKcWg4o8I4ehoN+VIFZX9iuJ08vLzylJ"
    "nJ5nWf31y+nZ1Q/PpFhEIxru0PkjIUw11IMNfZ/8Pqc+kSC/9Zsyw+an68uLArNTRZwFG6"
    "gdoP8il+7OY5KAeoZz6gbU40fwvEOgPcCsciFl5dFPm1zQQVZILov8MXUFlCPcv3AOM1d2"
    "IoZwuxWWXF0x5AiNGDYQg0FFC0XRYVTUhHd2TepVwjtdOiL2UjzX4gEO5gqPZ7F6qKLdn4"
    "7Y+/nr6efz6x/P3h9AC9lNNsl8KHaoSaM5mKVtTYDtVqSh96TLr7XcFpKauxAwFcqtgcSL"
    "+jCS103yjYKoIZ7OhBxWDaQzYWAF/NqlK2Y1vlRFrxJj74FYnXSEbUX/TBSDE5+bdUfIjC"
    "Mm6/tSXxp6BZ6XioSloTyiGxPJYyJ5WrI2tNR6qWKzQjBwHRfmur3Bsk25okOsYSbSZ5+R"
    "Pr+FCsiGHO2WCp1l6HpN1CnM5wOJkoAUuuXqXqluOSLJfKQqaiU0fisLk66QLYjPkQqjDM"
    "AB9fGHWzhfjNrkCDTWo+iVPscE1xIJu/2rSvvcev8m8EfH/dIE/miirpDvNvFnCoOgJOBn"
    "TWJY3qQij2DNmPmKovrFPE/SGKY3YLowkSaqYu4lxXBWFIbhDRhOp0JpqVuAKEVk6g8Z91"
    "i1+jMfIN4brZw9Uol8E55etbo2ZVPVYbnd9KaYSJVKYu4w6mciVbomdROp0q6t2MQvbEs6"
    "ek9CDeIXulYJaOcO+SLUNMXNSi752uBpM6d8DcpSrzz0Y9zyxi3fkhWipapaFQUduqvll0"
    "8QGEDKOOYPsYoZx/w+HfOzSA/ZkKVJT3BH2ZpYGnXyz6sqTiqUzoLClKVlOqzCAplV9NAR"
    "jQu0DYnLvDEcOyprta07fSvh0+EyIBxhn8DRQnCBDX8jdhCePYTmYlT46Da8Zt2RpeIw1F"
    "0/TKnt4nScsjCi7Ts+n1p8go9PXhr9Vy/9Nx6+tStP5AiNXtRAL4L5Wf8EqiSRYXuTKADm"
    "BU0GfZbOMH8D5sOpCIHiUKpTOj73HhDAmjYjAqpTYeneKeyqFd2e4p3Fryd/Oz5+/vzV8d"
    "PnL1+fvHj16uT109eirXzr/K1XZdVZzj9CnZWUOPKFV9ZbenVjOE1jwu7qz4CMTlRnBcqT"
    "mkWo6cZbM0AmSWOY3qjU0D0liwbu0RzhPn2jZxfvzy8+HkCt36UM6h+mniM0IWJNuU8ca1"
    "grAjVDZji/Aefre3oypMb/r5v/30TcVRJzhx16JuKua1KvEnEHoLVUCmuBOGmqPWqSDrFd"
    "OJqzK6qkZGR9RTJDprEy0/s2WWa8Ix4LUHxU7FvEPILglHRZ9HyK7Qn1KuM9h5AWtyR+0G"
    "ihVNEbVUif1TG/KSbdlPW8aXlKE4JhIlr2GNGScSJvGIXR2epZ/UwsRn7ePhzpYoKHthI8"
    "dJgol8zIVp87kxn7lWNbKoa0XAolKAyL/gtPBpZIpQg0JDhOJqsTVacyhc4OYC9sEFFSH9"
    "0/BKzfIWRTmCS17N+4vcaGl7a8NuhioShaijMZdPExSr0KumhqN5oUEc0Yb1JENEoRMbUb"
    "d1m7MR+ivmGydkGmR0cYnxmZc98jS4vcb862n8K+zu47xq/dojIJnikxmTRPq2cb5SVbDZ"
    "/hAZnJEp6p1J8+wlz6t2zsORS0UATqHEdUkQffvJstVwE1kI2BbFqu65o6q3tltzld1gBm"
    "+omipdBJFcBM6CPMr51dl6Yy8HSDQruSg0WgVRnXNwCu9hSLNUBgnSPq9KX66Uyp9Bw6jh"
    "i2HDEfjalQilEgPlTTCCwTj2MCSDQzg/sNA0gOE+1w7girlwbLsoIeuTb9MvuaRq03KeMx"
    "89k9RId6KO6tQkmN8mIdzbtURkvcLW2Li1XSlOTQZeXql1jjpiSHyQx+bEw3GfEHF8GUBF"
    "iuSb8p8zl+ur68UAsgR5i11anYof4ra6TuSgyJZX84p25APX4Ejz3Eyg+MKhdOVg6ZLQI6"
    "yAonTjlpgKNkSE3Khj4hJ3ngxMBlhWLuMFxm8hgPnhln8hhNHqPZFPXcFBPwRU3cNE9pcN"
    "Ny3DQDFW2Im35a2tfrztrJ3wcx0/wg0wkzFSJ452I67Smw0tW9fhlGCt9nQ7PK2GhUMMeH"
    "PeVOHpOBo80mhJaP0BVbcDTD8lwNOECDeA6y2dwLIJRIPILAX+IabFU+mbnYJo7YveQm5o"
    "kdGckXUoGoe322iWzSYDXrl2CpB3GI7mkh691MyGq4/4Wv3aNCh4OxOqLiWQg4ASF78kDG"
    "AI9G6I4sNVXt4o+pI60kjfbSksKQHh7xAS7B47lQxzkhb0KXtnRlS/ktZBtovaDBRApPX7"
    "HJ9bAZaJGiNKCFLmp5FdCCfJ9R0VsDqacpOyj1lki51caXrgWj65pedayCimbapUdumPix"
    "FyNNBznsxkTb1OyKmao2vBIsLze9oveukeyBg4BMZ4FM1IgPLAwYGpIV4qfO7qhIZ4weDd"
    "aRMqPHpHPsWQGGcC3q1LNbkjR79N2IBWuO3a54bvh8OKVBM4dplrY1PoDeJ3n4LA24MPF9"
    "HqB77M7zAYXdV01NMXVTTL1dsmjbDDPhKIVi7jCyY8oddU3qismeKxoRK6SWT0ZNFNmYzu"
    "ynzQ0Iq3EQbnEPJhq3XFzNonHVyFvhuYUJiv0dWPispl3x0QfPuHQ4EWxPkD3B3njtPAxx"
    "KPBOgemxSpiqd7zh8bMXr168fv7yxepUw9WVssMM8wcX5gc8bCl8CxMn3U97p0/v24QKKc"
    "pSMbEQ469FC58FRF4SyzbxiWcTGfQgBR+zAnyOyMV8Cwm1O5mHpmScKRl3aNfCBoXBt17i"
    "TJX72hG2p2E/CVdvpbwZeGJkb4+7wFkmmKOYp7FvsRJnV8GFrdT+1Syt6QNMjK0CP2B69D"
    "3gC8wO/CrRmGs1LiQP/XupmMjs9l6dyjgDNdjE+yXOwJHPpg1O3M2QGaO+QZE31oDvKSLj"
    "jG1cA+kAtacM4ztbfEpbnjc5xrsFCYva8ts4xApF0VLXSBWHmK4xsPpOPpOAqHt0694SEC"
    "/9MfbofwoPqEvd75dZwCzRsqr1C/6KNZWEuAH0xnaY8SdzcdjCU5c8r01trGENFpd+iTUs"
    "f9fQluL2xiBooCyJuVPbDkvSGKY30VBhZfKXgqVOLcZn6QzzjXlgzAMTL/copV4lXk7ofc"
    "S3GoQg5AiNSVhuEq4ZtgWLsOPhCLnBtVNTMFugsqjgen3vcdIq/CXTdyshyo29yYUcecCm"
    "znKvmn1tJQVa0diWFS7IgvAAyfJq0UlhyW7DUnM+W8hAs7zF3awLY3ZrsID3S8xuk5G6Z0"
    "Mk9PJIY65+SKySWI84WHheZ8LIfTKm8Hy53nrz6bBu5SMluZkvDeaLS8bYteqig2kqw/hG"
    "GdyzGfPF3B5b4Vkm1h1Z1l+yHujGLF5bX7wgLWCDKrwKcgN/6AJ/VAG9DNT5GKVuoM6uSb"
    "0S1OmP62KcKwpT821bNd8ET/MiqFnrLRts0UYJPIyBrgbfrqu8DeYODQqzOxJ3+2W4G4Z2"
    "tZI6ZLU2O1HOGmpVM7H2QLanD5VkiTwm1UGQxQFFsD2GGGBjSD61jzgLo1c8cVXwHIVs4h"
    "DeoiirvePn/er96l3FucdsHiCMbjkRI06M5Vv5LEhHQEMyYr5MWhU/F1CsG7JUqElE0Wal"
    "65dggKI5LfAO0HFh4nyS6uHM+Yhx+17BJGzNfMirZiMkTD3iw51+dCTxcIl+jnhVL1n+b8"
    "fHz5+/On76/OXrkxevXp28frrKms/fKkufPz3/CBn0Kf0hn1LPbHvu+420uwypUe90Ue+0"
    "Pq1dNxmbjJlHwXPlJlTKcfUGZAZ5xRqdEpCtu75k6QzzN2B+vTUmTWUY38gBKz6b12V8ms"
    "os7/X57pAAU7e2/yhDpoe/qFHRJzBFwtrt2EUz7AdvERR1XyI8CsBU95B4dz73t1AweCd+"
    "pdjur2cmJqkaFVjLTpudmIk/w1liwj6USUQSuuhDkbbjPnqOfp0fPz1+uUJAxnimt7F4R5"
    "Y1F7c1hcYLm5w/EpCTxc8kZjXFTlgq7cvgnaZHME2xXUcUUXOd5XAJwKKsT8cWq8Q7IYC4"
    "kh1cDgFBTUUSbSkOHROuwFOKhZMj1FlM32CCxKKxGdS5BAkl9lO9xcOxqxDOKfWwvywVT0"
    "yYEY48XVgf8XyEWNnt7/yn0Wa+kogQyOn5xeDqH2qRnCo2/9N/3JwNNvWObdmV8yPBaddA"
    "7mb/YUfOJG5XKWAaTh+NljSpEbyJw5vVwdHlzbfsBClUt5TbeMNKtgd1KW6nKm2x00NmVd"
    "ZTZVck+ysU3GBhke66pCartbK6R/VoXwK4SatDEE8X/Z333+qx4+7dYnjsGBQn4UlPlWG/"
    "qL3OzO4NwlEP1kF0aLfYEcWEXYcYwHSAPRjZ2PNYAOfXcSJ+CTUBXLETQaDpDDHRdcX7Rj"
    "vdr0XRdZoovZCXOfbFNHJuML9Tab6ZFqXq73DV1gpE4xqxTDNKbFlrdsH8uyM0QP7c8yBM"
    "CPpBiwnjBN26TAaLizlP3VsxjTmaYc6JgygX7e6Ih/BYpYjs5gkm3mgf++IG8UZ34vtqKR"
    "tRe513P21VjRleugw79U/fyNC11/GibaIOZNLWc7zHBHs8lnSBKSRvHYDnuwkyCU9SVmQ8"
    "F5r9SZL9Wf5Pd6Wubfm0nyn+bjVgapZsf4w9aQljhRrU5BDPFZUxNXQxNapEeiYV3Loyz9"
    "Kak1v1sSkVkob8WuL7rFZJgTSVxn5HbXd+kxb7GNfVEfUonzQSe4bUrKq6raqaQHXfyHDC"
    "2N174tJ74i97Cqwu26RfBtYtwsaQHwmtKakB10U0yz7CUPoa2eI9osRAYTwu0Yj5MjHwDQ"
    "qPkKQceTJRcOQTUobSbatjA85pDs5RR9hkLCCevYRKLWod5VN4I8PwHOF2YAodMpv3pqUM"
    "maPgeVnUU0zRMNxpn15xHy+QfK/QHbiAbGFOxx7Zgttvm4FPWYFYfIKPT17W0dczZAa6bj"
    "AXZN59A8UtSdcebb33bUI82FonQjUQb+S8Cc+FDnH4v3AUZ/IOgj4SOkMY+BxOHyS/aeM5"
    "1AqtL4Wgy69vMERShEaz11nGPrGJUD2bSDlD2p61wFju2hzttadw8AsGZlO45EfvjqbCrr"
    "LZFEIIA+L3kTCxpE21+UL/oH3QLidlh3Qe45/cshvNwO0HGsizmUsb7dppSqOc6aacaQK7"
    "fgGGEg+q6l3NlWctZFr0y0DX6bqt5c+rnqsAyKhofYRuE86CWxn4fMvntk2IQ5ywTtrCp2"
    "Kd9lCMfPYRDoS1xyFvSA25bqtjA7lqDrmaeMh9pl4E2G/mBk5TGmNSl43KuIEftz6SrqoU"
    "7Y0KHwpjLsFewdxO0mU9KYKwU1I9vbz8nBLo6Xl24fz65fTs6odnUpKiEQ3r9Oatq8de1E"
    "er2HJNFPMB8ak96SkU8uhOqSKO120eUr+Lma9btv2Bqt/uGXQp1nCh+IiytuO7CfbVrE2Q"
    "dELPlRHvLvHGAUyN45OTEobG81+0ys7/6NZxeC8HudThcNS8g9x99vRpBe6KVoXclfeyx3"
    "cDQKBQH4u3uQTJ/re4w+gW3djM/vwfZ6YxNw=="
)

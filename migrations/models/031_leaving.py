"""Leaving and taking along: when an account is erased, what holds it back, what is left; organizations without owner."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# An organization outlives its owner. The release before reads the owner through an outer join; it makes no row without
# one, and meets one only after an account was erased, which takes days from the first request of this release.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE hidden_accounts
            ADD COLUMN IF NOT EXISTS complete_by TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS erasing_since TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS counts_json JSONB NOT NULL DEFAULT '{}'::jsonb;
        CREATE TABLE IF NOT EXISTS account_holds (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            held_until TIMESTAMPTZ NOT NULL,
            actor_id TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE TABLE IF NOT EXISTS erasure_receipts (
            id UUID PRIMARY KEY,
            subject_hash TEXT NOT NULL,
            requested_at TIMESTAMPTZ NOT NULL,
            erased_at TIMESTAMPTZ NOT NULL,
            counts_json JSONB NOT NULL DEFAULT '{}'::jsonb
        );
        CREATE TABLE IF NOT EXISTS personal_exports (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            state TEXT NOT NULL DEFAULT 'PREPARING',
            requested_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            ready_at TIMESTAMPTZ,
            expires_at TIMESTAMPTZ,
            size_bytes BIGINT
        );
        CREATE INDEX IF NOT EXISTS idx_personal_exports_user_id ON personal_exports (user_id, requested_at);
        ALTER TABLE organizations
            ALTER COLUMN owner_user_id DROP NOT NULL,
            DROP CONSTRAINT IF EXISTS organizations_owner_user_id_fkey,
            ADD CONSTRAINT organizations_owner_user_id_fkey
                FOREIGN KEY (owner_user_id) REFERENCES users (id) ON DELETE SET NULL;
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DELETE FROM organizations WHERE owner_user_id IS NULL;
        ALTER TABLE IF EXISTS organizations
            DROP CONSTRAINT IF EXISTS organizations_owner_user_id_fkey,
            ALTER COLUMN owner_user_id SET NOT NULL,
            ADD CONSTRAINT organizations_owner_user_id_fkey
                FOREIGN KEY (owner_user_id) REFERENCES users (id) ON DELETE CASCADE;
        DROP TABLE IF EXISTS personal_exports;
        DROP TABLE IF EXISTS erasure_receipts;
        DROP TABLE IF EXISTS account_holds;
        ALTER TABLE IF EXISTS hidden_accounts
            DROP COLUMN IF EXISTS counts_json,
            DROP COLUMN IF EXISTS erasing_since,
            DROP COLUMN IF EXISTS complete_by;
    """


MODELS_STATE = (
    "eJztXVtz2ziy/isovczsKcWVca6bnDpVcuLEnknslO1MdvZSFERCEkYUoSUoK9rZ+e8HDZIS7yYp"
    "SgJpvORCokmqG2h0f33BH705s4jNT87nmNq/EpeOqYk9ypx3U2zbxJmQ3hv0R8/Bc/hHidF91MOL"
    "xXYsXPDwyJbkBOiM+wihYYaUciQecc/FpicGj7HNibhkEW66dAGD4REDxOn3JxadUA+Z4g3Im2IP"
    "rTBHnDge8hjCDsKW5RLO0Zi5iDkELZbugnHyVvzHXiPqcTTFfIqoIPKYS6wTeLfFTPFy6kz2+5ql"
    "Q/+9JIbHJsSbEle87B//EpepY5HvggnBfxczY0yJbcW4Ty14gLxueOuFvPb16+X7D3Ik/ISRYTJ7"
    "OXe2oxdrbyrYHA5fLql1AjRwb0Ic4mKPWBF2O0vbDsQVXvK/WFzw3CXZfKq1vWCRMV7aILTe/46X"
    "jgmyQvJN8Mfz/ws+LTLMMK6u74zb8zvD6KVkDJ+QkEdwyWQOzA/qeMCoP/70n7tliLzagxe8uxjc"
    "/Pjs5V8kCxj3Jq68KdnV+1MSYg/7pJLpWy7LSZpm9B357mUzekOQ4LX41DpcDi9s2bxdCiEDQxYd"
    "lql353+7gyfPOf+3DReufh3cSE5/HvxNsnq+Du58ur76GA5nYkX76//q3afrM8n+LbthdRmwTqqw"
    "PEak2V6D7eT7goo1YWAvzff3gm0enZOc6R6jTDDfCkhPwn90TBSXn89v7wafv8Tk8X5wdw53TmOy"
    "CK/+6GuhrTg2D0HfLu8uEPwX/f366jypqzbj7v7eg2/CS48ZDlsZYt+J8CS8HF6KiVk8ijiWge+F"
    "igJ215B3ziO04JUWPPY8Ml94Qo5LJ0Pkl06OZk3RJeRM/av7kOzTPYm1J43YJ6c/PX/1/PWzl89f"
    "iyHyKzdXXhVI/vLqLqE65/i7EbCJV+BskuxwjH3REsb6jgGxaiipBGkDyimwbfesm3rfpsQRzgXx"
    "vQxwMJY8wyHpvsIyXQLCqCH7OGUH9yWxBWPrWviUwbRsidiDFVQo9eXCqin1OKWWuipSz1jswddv"
    "pR4AJVU8vgjJ4fy9XhSqOgKKsRfPb0bWRhaSlM/7LUUt1h9oJ70Tm6jHZmI7Fd+L2FjuqoARvEUO"
    "oHPUQS5b8fCOS2yCOUEjMmYuaWDD3YeshC3gZgorH/aLkOyA/R1IZlcgmNWUuCRuA2E+I5bEVUfr"
    "DcyKbTG6L4ZTc4rmeC1EJyQ7Ytb6B767/B5ADAGUHc8yAUPgeFpCH8SsohPnF7KWcroU34EdM0uB"
    "BaD61+Axj1oy26vbn+ri1QYMj05vwULBOOJJJr4b3L4bvD/vSUGNsDlbYdcyYhKDO+yUJa5sxqZv"
    "zU/nySvYwRPJZPgV8M2B8D5gahPr41JwI5hTiZBJfEC/KEoylkONSWTsg2GRC7YSis0Tyo+zOQHO"
    "I5/eQiuXORPQfiDHMRWDxKg5dZYe4Wjssjkaiqnp+rbUEDEH9CWoSsTxmguhsnR4ZP+vazhMApub"
    "WIrlgiQ1LYqHwyM11uEntiIumpLv6OLz4N2T24vB6YuXsIetwoBUwPi+v05tCvEp7Fjyv9iUOI5S"
    "u1t+5AUm/tIlVUCVKMnhAJV9Wv0NYyrbtVbVwYpTdtDBaq9D5fvRKZPkOFvfBbUs4gx8TZO19cUH"
    "FG59UznUCNRW2ZQAJ9RzfpReTNzx+AeObMo98SfB9wSxpdeXWnEFeBv1QitFzNcsuK2pZ+pg/yFW"
    "6w7Bflf4gL5rX9YZ3lLouHMNjzZc4ZW3oxhhB3ejlsJ9ZUBeqRDrZBpE6NoT0fkAPo7cEpjvBK2Y"
    "OxM2vPw1XOwTjzG4w+YL8NSN0bpydCdO2p558NXxqO1PBGlCUI4WYmpQcJIhfxAtiCt2EvB4fYOi"
    "ARCrdRMDFoX4rYb4w8yIBzysH2LE7Zkcm7BvoBxGZIKdt3DFJTBTHCZ8e2FNCgsdLjqPcGr4LoDx"
    "e6Z99vPt9VWevoiRJacENT30X2nG7y1otDWLR0tqe9ThJ/DaqpaxmCMBwuOSObsXWoMz8Tq3D8jr"
    "THzB7nMCuFhs4SWNuYSc4QHKxCwOAsgdwF/Zya9/KCxx7ZA7Jv5oNiihJOsbjiXsBJLcMMmnFDYi"
    "r/eLIBFXjCgJhEiFsbErAI2w2NtN+IYjLPYWjMb0O+gS4vWRUE0EMD4Zy0FzOnFlpDsNhzT6ZA2K"
    "KKBk+gWgCMi0fAglHK1uEEVZMCT6mZn8zp7XCTKNQ9UpO9Hpho8EiapgTiWM2M3WG58eZwHth19u"
    "iI1zVmHEfgr3+JZNgzwr6s99BpNuCef+d6ZMpfBWobXE/UElDSZhBwvnaizm19RPHTtBN5EUMWaD"
    "NePeQwAeAj4O+F9zaq9l1Ef8byHsnozoepPP1caS4saSlG9BAWOWyRSnUddwimSf3F4MngSZJ372"
    "ZHR27w5O6RJHZawthbb0kiWO92IS1rHk4pStAY8fpZS1vf5Y7PXY2mZeTanHKVuztreBIb40TWHM"
    "MleGAObYaqJGQSHxl1r1GyYY1atWsmhVr1+BypWleKwb5NKnJ4K4R+8bKRDdh8nluzEVoz8xIuVr"
    "Vg7ibqgYTesEO33PuiJDY0QNTlBVse62lEIpOkV3jzumVWoDTA3wsw+b57VSnT7I3NhusnuJWFJ1"
    "pAVRMaIegTFbqC4eZH9MV8bYL74AXX399KkwrJ5h+uUD8CHnH4bh6zNd0Vn/Zz1cPVj8+ej6Vjs8"
    "iLEbcqXRsskJgIlzobCeUEfC3Ni24ygi99MkTfFdfp0g9U7QQE6CcICJXddvrEjFAzgacmoNs+H3"
    "/b1KI/IK2CD9ovQFDRU9QqiICI7WkXmUrjUw0aOEgKELYfV6rTiVwgCQsqkyGoLQLvOx3Yod2n5E"
    "XIpIckj9lJ5u+hL7SuiR8zLD3wjna76bASKvXAF+ggBGJ0+gJfemPc2mAbv4uXQ+F3+DVyCcA1um"
    "N5iYp2MrTT1TewsKqN8ib2Es3mXI/1QwKmJEOv+2TnJOfpf9rIyphnvsqwClHYzVC8z5iglFXrXL"
    "fopQz3Sdaa7hiFJwBL4XG45rLN1KR4nEqbSzWsNZ1Q2FO7baMrChVEPh6MFS9VDArAe0Bg7s3RIP"
    "MccUz3EIlBUICeCsc626DxLa2Jks8aSSNR+lUVjn9obUGiLmoiFxhn0ISkF6mF+T+wNHwpNGHFML"
    "2Zh7bxFMaDiazBYOaTNNZ/ahrkeMefD+xaLWss0gb8+ilameZ9fXd7d3N4MvxuD958sr43+Qx9gs"
    "2rwTCdkwWS9EzceYA7p0Nmq5VpeYLPr27O6RdlIwJyzZI5eKr19CQX74yzawlJwxb9Dg692F8fXq"
    "1/Obyw+X5++N94PfbktOnZZaCY1Wfz54TmV99Lj46Ew1FJMqvb/jqeAHBu9Vs96rMCmWmrMzs0pn"
    "DLaSZbrSu+TUwvdiB/2djXadVPCcn9mo23yCnasJRn1h+2tUdmxOCavdDrdX8cjlnDi78mywfeT7"
    "4Ild5Z5YiUaEgzsyTizICO+6yrPZ2jSasSN+WZsdNyWYO8EO/U8Tk+s68ihlrNxmueUwT3jnO/Lp"
    "Sj6koxwi3xfM3VW/f5FgF7bP5cO6tPQq5eAk26nnM7V8iUTqlIYOzsEpszNyaqrzKuDSRfC4jnCq"
    "RmZXXlvLqDNUnOFlVOhvOUAw2K/dwNsDOqY4DTQ8NDYjLesfm1RMoOz9S6dpqZSmpbMochneMcQ2"
    "3v/DJhVTzyMkOvVcZ/LrTP4jmxX9XYrf3cCG2JGlHcNlkyyNqDyVzkQFkDfDNgyw33yzMMSYyxiE"
    "Yqyfnk8tSMnHiNvLiQxRcUIsYvlHPofHYXrkuwcdDDGC1SyHQW0wAxMw04Zs+vH6VFMVswcLmntS"
    "L0sB5acSbQh0qnStooCFzdaA2vuMq8D4DFItghoiuKccG3whPoK5fEoXGXAJE9sNdrLFkEWekMNI"
    "0O9LEJsrh5XE2fX1p5gkzi6TrP76+ez85sefpFjEIOrv0OnzevWRAEeb+i7595K6RIYhKx87lUms"
    "xuFT8L5joD17OV3KZkHEuKqAUoSHF85x1spexOBvt8KTqyqGFKEWww5i0Khorig6jIrqGqeuST0j"
    "ET4VvLTpmJhr8V6De9hbZkTSCypcMmgPZyP2vnw9+3R5e3H+/ghWyH5KqpcjsUNNa63BJG1rClYa"
    "kYbaiy6ta7kpJLW0IaXTl1sNiec9Q0teNcnXqhaBjF+dFF021Vcnqubwa5+hmM38yur8Gpl7D+Tq"
    "xGsASsZnghyc8PDYGSELjpgsZ6OudPRyIi8lCQtTecRjdCaPzuRpiW5oqfdSxmeFcoUqIczteI1l"
    "656dx9BhOtPnkJk+v/sGyI4c7ZYJnWToVieqlObzgQRlihm25eZeoW05JtGKyTJmJQx+K7vzb5At"
    "yM+RBqNMwAHz8cdh2DRDcNaDA3U3g08+hf+6lXjY8C9ZNuie3qKTgFTcO3USkCKmC/luEneR4RwU"
    "JP9sSTTL67SoFKyZMDfjlKl8nkdpNNNrMF24S9Os040KukNuKDTDazCczoUBU7UjZ4xI4eZwynL9"
    "UYbKwHOBbPEw8CNNyTf+ca6ba3MG2WKPsKObRgBzxdxhBFBnrXRN6jprpV1bsc5laEo6ai9CBXIZ"
    "uta3bO/B+TwENcbNUuH5ykBqvQB9BcrCCD08R4fodYi+JRqipaZaGQMdHlcpRh8h0ICUDtIfQ4vp"
    "IP0hg/SLwA7ZkaXRqHBH2RpRjSrF6rP642YYnTltdAtbdhi57XzL2KFjGjZrGxGbOROOPCb7tm0f"
    "+lbCp6O1RzjCLoGzNuECG/1OTM8/jBMtxaxw0dC/ZszIephluu73ZZnWLo7nLAsn2pzx5dzgU3z6"
    "4qW2f9Wyf8PpW7kLRYpQ20U17CJYn9WPZI0SabbXyQLw85cqT/oknWb+DsyHo2C8jFNaz+jk0nlA"
    "AFvahAioSm3we2ewq5Y9jWgCH/Lkr6enz569On367OXrF89fvXrx+ulrMVZ+dfrWq6JOLZcfoedK"
    "TBzpJizbLb28Mxyn0Wl31VdAwiaqooHSpFoJ1d14KybIRGk002u1HbqnZFUjPJoiPGRs9Pzq/eXV"
    "xyOY9fuUgUtwZjubB2WwJdQpYnW5TyxjVCkDNUGmOb8D56tHehKkOv6vWvxfZ9yVEnOHA3o6465r"
    "Ui+TcQegtTQKK4E4caoDWpIWMW04q74rpqRkZHVDMkGmsDHT+zZdJ6IjDvM2R1G/RfL0YOb6JwXP"
    "sTmlTmm85xjS4obED+odQJ9Br00hdbRjelOMhimrRdPSlDoFQ2e0HDCjJRFE3jELo7OdtPqJXIz0"
    "un0400UnDzWSPHScLJfEzM4+gyYx90vntpRMabkWRpCfFv0DjyaWSKMILCQ4WiZpE5Wn0k3PjuAv"
    "7JBRUh3dPwas3yFkU7gklfzfcLzCjpeyvNboYq4oWoozaXTxMUq9DLqo+zjqEhHFGK9LRBQqEdF9"
    "HPfZxzGdor5jsXZOpUdHGJ+YmUvXIWuD3O/Otp/9Z53fd4xf+0VlIjzLxGTiPC1fbZSWbDl8hntk"
    "IRt5xkp/+ghzGd8ysWNRsEIRmHMc0Yw6+PqPabgLqIZsNGTTclu3m31We+fOBPrk9P3zwIUSsAnm"
    "Qf3hzIHzwx2GZmStaoi8+yfS9gYcDeVkGr5FK+pN0QqEw9mcjJi1RvDRlqLS0dhbrihaisKUwd6E"
    "acPcyoV6cSqNdNfo2Ss5mId/FXF9BwzsQGldAwSOPqJWX1qy1pzKIKRliWnLkdi7JlTY18gTP1RR"
    "XQifll+0l2NDRGhUls63KTWnkvnCgUCUvxVWg/A9wKYA/4ODA0Kwa1MhwsDEUNWgkNupAT+lkqBi"
    "VCqL6m4qMyIJrBk/oxPaRwwjo4Z9YWEQ2VLClUdKYDAAFRWXTpjTGV6K4VT9mhlex0lHurSII7yL"
    "dVHHndSYfhEARoPRu/TZWbjsHtK3hXIKnlai501xN536j8xMZ5qtTUPsYlz3zFFFc/UL4DLdM0eX"
    "7j82puuWFUcXwZx4WOqk3zMLrn6+vb7KFkCKMImAUbFD/Vc2Md6XGCJqf7SktkcdfgKvPYbmB0YV"
    "Cycph8QWAQ9ICiesCauBTiZIdU2VOjlhaThSg9C5Yu4wCK0LjY9euqoLjXWhsd4U1dwUI/BFRdw0"
    "Talx02LcNAEV7Yib/rI2b7cPayd/H8RM05NMJcxUiOCdjem8l4GVbu71izBS+H0mDCuNjQYdrVzY"
    "U2byHBscbDY+tHyCbiBbZ4HlwTdwwg1xLGSypeNBrp94BYF/iWuwVblkYWOTWGL3kpuYA6E7+UFZ"
    "IOpB361TDxXQZv0CLPUoaQaHSraC8Gg43X/g26QDYcPBXB1T8S4EnICQtjwx1cPjscIB0vDHVJFW"
    "lEZ5aUlhyAiP+AE2wZOlMMc5IW/8RBGZICLlJ9PmTBgts+hAeOqKTerDeqBFjFKDFqqY5WVAC/J9"
    "QcXTakg9TtlBqbdEyq12vlTt6F7V9ariFZR0064dcsfEHwdx0lSQw35ctF3drpCp2Y5XhOXFrlfw"
    "3RWqsbDnkfnCk5VU4YmiHkMjskH8ssuvStJpp0cBPVLk9Oh6qwMbwJCuRa1qfkuU5oCxG6Gwltju"
    "SuSGL0dz6tULmCZpWxMD6P0iT4emHhcuvss9dI/tZTqhsPumqT7tQJ920C5ZtG2F6XSUXDF3GNnR"
    "/ci6JvWMxZ7q6hIapIZLxnUM2ZBO76f1HQijdhJu/hN0Nm6xuOpl42Yjb7kHi0YoDnei6E8V/YqP"
    "LkTGZcCJYHOKzCl2JtvgoY9DQXQKXI9NwVS180dPf3r+6vnrZy+fb44d3VwpOm00fbJoesLDlsIb"
    "WDjx57R3+QSVzrKXUyjE8NeilQt1tZ6MII+JSxyTyKQHKfiQFRBzRDbmDZSp72Ud6p6OuqfjsUML"
    "O3Tub7wHYVbta0fYHof9JFzdSP9BiMTIpz3uDoSJZI58noaxxVKc3SQXttL6z2ZpxRhgZG7lxAHj"
    "s++BWGBy4pfJxtyacT65H9+L5UQmt/fyVDoYqMAm3i8IBo5dNq9xJHaCTDv1NbrzsBp8jxHpYGzt"
    "zmJVeyc00NFNM76zLd2U5Xn1qsVWFCwqy28dEMsVRUtDI2UCYqrmwKq7+HQBourZrQcrQLx2J9ih"
    "/8k9QTJ2v1/kAbPIyLLeL8QrtlQS4gbQG5t+xZ+sxWErB9KpoBGo7FId/D/sLClGhMNXmCMxg3hW"
    "Bu1+X6X9bAXUVr/Az5Z/V7DDwvHa1ahhhomFVtnDi9JoptexfUEvuWvBUqsS45N0mvna8dCOh87E"
    "e5RSL5OJJ4xC4ho1khtShDuYce0Beur7mlt+NeBqlsxzUJOvD/qYqakVczHFV6Crr58+NeZjJjtf"
    "5nVyrx6Wjrqbvyae3Q3RVQ1T53LkAWc9yb1yjrsRFWhJL162ziArwj0k+7YFZwRGH+v3sHPZSmaw"
    "pb3zeo/QXrcCCrxf4HXrUtcD+yF++Ej6ctVzbTOJ1Uiwhfd1Jj/dJRMK75f61lnOR1VbKmWS6/VS"
    "Y73YZIJtoyo4GKfSjK9VGr5YMFes7YnhH5ICZ5NVV1kPPEYrr8aVF9Qb7NDeN4Ncox+qoB9lMC+N"
    "dD5GqWuks2tSL4V0upOqEOeGQjeTa6qZnOBpWgQVm8glszjaKIGHQdDN5Nt3+7jB0qJebtlI5G6/"
    "CHfDMK5StYhsA2dG+mRDE2wmdA+UkbrQopbIU40tBOUh0F3bYYgBNobkW/uIMz+PxRFXBc+RzyYO"
    "qTAZ/br3/L5/Ov90bsKiZrb0EEZDTsSME3N5KN8FdQ5oRMbMJcEhspB4g6H8heoKF2U0Xb8AAxTD"
    "aU50gE5yK/KjVA+X5AeMO7QGk7A1c6Fgm42RcPWIC3f6wQniozX6EvCqWhX+X09Pnz17dfr02cvX"
    "L56/evXi9dNNOX76VlFd/tnlRyjNj9kP6Vp9ZppL161l3SVItXmninlXxqjXpTi6FOcx8TxzEyrk"
    "ePYGpCd5yeafEpCtql+SdJr5OzC/mo6JU2nG1wrAip/NqzI+TqXVe3W+W8TD1K4cP0qQqREvqtVN"
    "ClwRvyk8ttECu95bBN3i1wiPPXDVHVmusnQb6ES8l7hS6PdXcxOjVLU6tyWXzV7cxC9wSJnwD2XB"
    "kYQu+tD97bSPnqF/Lk+fnr7cICATvFDbWZyRdUXltqVQWLHJ9SMBOdlVTWJWc2z5Pdg+D94perbT"
    "HJtVRBEMV1kO1wAsysZ3bLUp0hMCCFvkwWUfEFRUJMGWYtEJ4Rl4Sr5wUoQqi+kbLJBQNCaDBpog"
    "och+qrZ4OLYzhHNGHeyuC8UTEiaEI48tVkc8HyFXtvmd/yzYzDcSEQI5u7wa3PyWLZKzjM3/7Le7"
    "88Gu0bGGQzkXBMdDA6mb/YcDOdNwXKmEaTjWNFBp0iJ4E6Y3ZydHFw9vOAiSa25lbuM1W+QeNaTY"
    "TLvb/KCHLKqsZspuSA7XgbiGYpHhuqglq7SxekDz6FACuIubQ5BPF/w7Hb9VY8c9uMfw2DEoTvwj"
    "pErDfsF4lZndG/izHryD4DRwsSOKBbtNMYDlAHswMrHjMA8OxuNE/CXMBAjFTgWBoitEZ9fl7xvt"
    "DL/mZdcpYvRCXebEFcvIusN8lmX5JkYUmr+jzVjDE4Mr5DItKDFlE9sVc2cnaIDcpeNAmhA8B62m"
    "jBM0tJlMFhdrntpDsYw5WmDOiYUoF+NmxEF4kmWI7OcNOt/oEPviDvlGM/H7KhkbwXiVdz9lTY0F"
    "XtsMW9WP9UjQtTfwomyhDlTSVgu8hwQHPO90hSkUbx2B5/tJMvGPaM6oeM51+6Mkh/P8n+7LXGv4"
    "GKE5/m7UYGqS7HCMfdESxgozqM7poBsq7Wqo4mqUyfSMGrhVZZ6k1UfCquNTZkga6muJ67JKLQXi"
    "VArHHZXd+XVZ7GPUq2PqUD6tJfYEqdaqqmlVRaC6K+ZRk/QyILrgTr8ImnPkmAqI3BxTG3lMRpf9"
    "dMITJHM9KN+mF1IHmmKLK2PmTpiwsx2/Q7a4COCZTcbpIymbf3oGEvePzamIIapjYnGl9y8N0bUD"
    "ovuFrDVA16hdIud/aV5vhqvMbD/5bCq0nvgcqD/mkORErTdh236A7ZktE2ZA0/iVx95KaEJFA4Bi"
    "KxKrp1KjvAiJwva6EBUUbQvVPWGER85RECKCGG3kBIYfOBy3gILfpaigbOxMlmKjruZcbWlUFtWQ"
    "WkM4PnxInGEfNl+Eg005iJOFPyQU3kyYS6qmeS6wK/7lic+vEZtIkerwROPhCe0w54pCO8zaYVZX"
    "zKVgSLb0TFatqWaEROldkhPHE/uj2B5X07U8HArL7VDRjbDGOQX6hIKyJxToswlKtOXKO5XgyAff"
    "fSOjKWOz98Sm98Rd9zIQtuSQfhHUtvIHww+E0bQK6hbQrKUvK1SKKb4j6Lgl5s5aGuPQceuNMMmh"
    "PBEMcNmBa+wSUpT+1tSDddabAoqoXwCpUYvMF8wjjrmGFsjlEZ8MwmawHxVaBh5slwXYKc3zonLC"
    "kKJmHeEhy02ENkfyu3zoZgWIDhcbXMYxm0etKEwKxOBTfPriZRUjNEGmMgqq7FqQDS1rOHhRuvZ4"
    "9YBwBrEpH49+I0HNIMEVQM2gRd7A6yNhM/gdBfzlg+Rv2t1vaJt36P/6GlMkRqgRAJVl7BKTCNOz"
    "jpQTpO3RBRrhyzrtvKzpn6ZUHn3oXTFwm3yVH3w7mgu/CpAsZIvPcyVSJH2q3RX9g/5Bu7L/O2Tz"
    "6MT/hvPTdR7rkSbyYmHTWrt2nFIbZ6oZZ4rkMw78bI8LloAJM273C3vu+AONKYO39ssgrd+ma9k1"
    "QJYy+Lko2AnTT8KkBuiVRKwAI11Adw2xt1NXNuAJGg9wJN4lfNU05LqXN2jsVXHs1T83s8o+taXQ"
    "1laNTWoK76lVzBSn7KBn2fZd6uht8g8HGzLEMbUQZxB8gyApopb0FsGZHFPxLgScCDs9CQdtPAZv"
    "U9FEA53QlSuKDsM9R0svaU288TCHxGVnolQ8Ja5kHoqSrG84DWUnH+fc77d6Azj2wutluDmJEYWe"
    "TtC91XD9wSWdnYFtbzLtoWQKtpGgFazYWAKXJO3BlCfTbokC2qPILQlP85hiPq2EBCfolDajLj4P"
    "3j25vRicvngZGkrbehIKnrjl90De9HZX1HwKjgCpGTCL03bQhGqJyVTKr/GVaZ0MiSihFrLSQpY6"
    "qHrxUYKsvYVHfpEm5Ma7ZM7uoU5ztEZQy6vQATSKYOJfgtL38+8L5mbai4kRhfZiWEhvEDm4Qhry"
    "3y+/yFaZgf03IwsP4ZF/MG9Qrp8yGCvQaYtRdYuxBUkDvS83518GN5dXH4/AW235afCsQfAMftm6"
    "ltS3dDrQrrIVKLZgKh5Xx9aPUbZGyr0PLpuDG+4g5gSRDFt2DJgw53HmOv+HGJuqjmR9SMHJhjG6"
    "Rs42PLYiP8oRMOoEKNRVq20pgFWUpW2tgP0Mn0wcEM3N0ulluJ2JEf0it3O+HWu4S6eC2ylGn6Bh"
    "pL/DUCZRDfnSNAmxiCX+7xK0cqlsBhf6j30E7qbHIXEq2y9t6sHacVVAC/ULHFd95sMhj5fysFvP"
    "W41Tal9VFUNWd+7RHus2ahzsjRnuCmM2wU5e1DhClyxqF4SdkurZ9fWnmEDPLpOK8+vns/ObH3+S"
    "khSDqJfjn0ROTK4SJ0qQtTdO1IQ4uhYPesfAkvZ+JS73mZQyzBMjCg1z0x9r3PuDKxjmQULFHLuz"
    "oPeDOcXORFjM1Jui39mIS3saOJlu2FnvCdrUVtzUvt9OufJgVoRI7dONxWRk8z5yyMqfoQSbU+kf"
    "loUuDwdyKaKrALopUFTR24VaSmIkTauoMPwc9BZ22Yq/TXa1hYtB0yuf1JJt5p0suPpAr9RKUHEl"
    "2HVQGfoajH0Q1+9vAGiYOSXmDCoUbQvBuX2yeRxncwJNkw7a3EDvQXoPitUUE5ea06ztJ7hTuPPg"
    "7ZiHtpx8tdOwys6dxZkaJGMCB2pX2aqNZvpF1DBT302xW1VBtBMXlqdg2sSZeLA0Tl+8KGBo6C+L"
    "UUl/Obh16t9LdYuowuFgeAe5+9PTpyW4K0blclfeS1RU+o57FVgoQnJ4SOg4WFw3wJ8//x+HQw/B"
)

"""Accounts that belong to their people: mails on record, codes for one purpose, hidden accounts, where the rules begin."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# `unverified_since` of accounts that are there is the moment of this migration: the default is evaluated once for them.
# A code asked for an address may belong to nobody, so `user_id` may be NULL; the release before writes one always.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE users
            ADD COLUMN IF NOT EXISTS language TEXT,
            ADD COLUMN IF NOT EXISTS bootstrapped_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS unverified_since TIMESTAMPTZ NOT NULL DEFAULT now();
        UPDATE users SET bootstrapped_at = now() WHERE bootstrapped_at IS NULL AND id::text IN (
            SELECT subject_id FROM audit_events WHERE subject_type = 'USER' AND action = 'staff.bootstrap_admin'
        );
        ALTER TABLE email_verification_challenges
            ADD COLUMN IF NOT EXISTS purpose TEXT NOT NULL DEFAULT 'verification',
            ADD COLUMN IF NOT EXISTS key_id TEXT,
            ALTER COLUMN user_id DROP NOT NULL;
        CREATE TABLE IF NOT EXISTS notices (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL,
            user_id UUID REFERENCES users (id) ON DELETE CASCADE,
            cause TEXT NOT NULL,
            address TEXT,
            language TEXT,
            parameters_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ,
            outcome TEXT,
            UNIQUE (user_id, kind, cause)
        );
        CREATE INDEX IF NOT EXISTS idx_notices_created_at ON notices (created_at);
        CREATE TABLE IF NOT EXISTS hidden_accounts (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            hidden_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            erase_at TIMESTAMPTZ
        );
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS hidden_accounts;
        DROP TABLE IF EXISTS notices;
        DELETE FROM email_verification_challenges WHERE user_id IS NULL;
        ALTER TABLE IF EXISTS email_verification_challenges
            ALTER COLUMN user_id SET NOT NULL,
            DROP COLUMN IF EXISTS key_id,
            DROP COLUMN IF EXISTS purpose;
        ALTER TABLE IF EXISTS users
            DROP COLUMN IF EXISTS unverified_since,
            DROP COLUMN IF EXISTS bootstrapped_at,
            DROP COLUMN IF EXISTS language;
    """


MODELS_STATE = (
    "eJztXVtz2ziy/isovczsKcWVca6bnDpVcuIknknsKduZ7LUoiIQkjClCC5BWtLvz3w8aJC"
    "XeTVISBcl4yYVCQ1Q30Oj++oL/9GbMIa44OZ9h6v5GOB1TG/uUee+m2HWJNyG9N+g/PQ/P"
    "4B81RvdRD8/n67HwwMcjV5EToLPuE4SWHVOqkXgkfI5tXw4eY1cQ+cghwuZ0DoNhigES9P"
    "sTh06oj2z5DcifYh8tsECCeD7yGcIewo7DiRBozDhiHkHzgM+ZIG/lf9wlor5AUyymiEoi"
    "n3HinMB3O8yWX069yW6/JvDovwJi+WxC/Cnh8sv+/k/5mHoO+S6ZEP13fmeNKXGdFPepAx"
    "Oo55a/nKtnX79evP+gRsJPGFk2c4OZtx49X/pTyeZ4eBBQ5wRo4LMJ8QjHPnES7PYC143E"
    "FT8K31g+8HlAVq/qrB84ZIwDF4TW+99x4NkgK6S+Cf54/n/RqyWGWdbl1a11c35rWb2cjO"
    "EVMvKIHtnMg/VBPR8Y9Z8/wnnXDFFPe/AF7z4Nrn989vJPigVM+BOuPlTs6v2hCLGPQ1LF"
    "9DWX1SLNM/qWfPeLGb0iyPBavmobLscP1mxeb4WYgTGLumXq7flfbmHmmRD/cuHB5W+Da8"
    "XpL4O/KFbPltEnn68uP8bDmdzR4f6/fPf56kyxf81u2F0W7JMmLE8RGba3YDv5PqdyT1jY"
    "z/P9vWSbT2ekZLmnKDPMdyLSk/gfRyaKiy/nN7eDL7+m5PF+cHsOn5ymZBE//THUQmtxrC"
    "ZB3y5uPyH4L/rb1eV5Vletxt3+rQfvhAOfWR5bWPLcSfAkfhw/SolZTkU8x8L3UkUBu1vI"
    "u2QKI3itBY99n8zmvpRj4BWI/MIr0aw5uoycafh0F5J9uiOx9pQR++T0p+evnr9+9vL5az"
    "lEveXqyasKyV9c3mZU5wx/tyI2iQaczZJ1x9gXB8LY0DEgTgsllSHdgnKKbNsd66betynx"
    "pHNBQi8DHIxAFDgkx6+wbE5AGC1kn6Y8wnNJHsHYuZI+ZbQsD0Ts0Q6qlHowd1pKPU1ppK"
    "6L1As2e/T2a6lHQEkTjy9B0p2/10tCVXtAMXbi+d2RpVWEJJXzfk3RivUdnaS38hD12Z08"
    "TuX7IjZWpypgBG+RB+gc9RBnCxF/wolLsCBoRMaMky0cuLuQlbQFeKGwymG/BMkG2F9HMr"
    "sEwSymhJO0DYTFHXEUrjparmBW7MrRfTmc2lM0w0spOinZEXOWP4jN5fcAYgig7PiuEDAE"
    "jucl9EGuKjrxfiFLJacL+R7Ys4sUWASqf42medSSWT9d/1SOFyswPLm8JQsl44ivmPhucP"
    "Nu8P68pwQ1wvbdAnPHSkkMPmGnLPNkNTb/0ex0ln2CPTxRTIZfAe8cCe8Dpi5xPgaSG9Ga"
    "yoRM0gP6VVGSsRpqTRJjHwyLfGILqdh8qfwEmxHgPArpHbTgzJuA9gM5jqkcJEfNqBf4RK"
    "AxZzM0lEuTh7bUEDEP9CWoSiTwUkihsnx4ZPdft+UwCRxucivWC5K0tCgeDo+02Ief2YJw"
    "NCXf0acvg3dPbj4NTl+8hDNsEQekIsb3w33qUohPYc9R/8W2wnG0Ot3KIy+w8ANOmoAqSZ"
    "LuAJVdWv1bxlTWe62pg5WmPEIH63AdqtCPzpkk+zn6PlHHId4g1DRFR196QOXRN1VDrUht"
    "1U0J8GI9F0bp5cIdj38QyKXCl38SfE8QC/y+0ooLwNuoH1spcr0WwW3bmtME+7vYrRsE+7"
    "n0AUPXvq4zvKYwcecWHm28wxsfRynCIzyNDhTuqwPyKoXYJtMgQXcwEZ1HY35ogVN14oR1"
    "cEZtZMs9BEVdeeSWyT+2C0Rpyfot40cbGcbXTPEpZw+r55VmMJcjahq/38A6xWhOuLRKlA"
    "XqsLcryE4gzIn8eEylRJAg0mClnuSAFKrC79CMTriKbuRN4K3ObAxhDZRMlSEMMq0Pm8Wj"
    "9QXOtDWAk6/ZwO3IkBnfo02qsUkxeSTeRwNzKmPEro7e9PI4i2g//HJNXFyyCxP2U3zGH9"
    "gyKLOi/tglgHhDhAjfM2cqxR9VWksiHFTTYJJ2MOJkLNfXNEwXOEHXibQA5oI1w+8h6AIg"
    "n8fkRDPqLhXSJ/83l3ZPQURlm/MaY0lzY0nJt6JopchkStPoazglIo43nwZPomhjmDGTXN"
    "06hRRNWcsjw5s4uZeLsI0ll6Y0qKLOUjb2+mOx11N7m/ktpZ6mPJi9va4BEYFtS2OWcZXY"
    "M8PONvJSNRJ/rV2/YoLVPFO5iFb3nGXIVg7ktDzKn8wvBPkZvd9KUdAuTK7QjWkY/UkRaZ"
    "+n3Im7oWM07SjYGXrWDRmaItriAtUV6z6U9HdNl+jmcce8St0CUyP87MNqvoNUpw8yN3Wa"
    "bF4WkFUdeUE0jKgnYMwDVBcPsj+lK1Psl2+ALr9+/lwZVi8w/coB+JjzD8Pw7Zmu6ar/ox"
    "2uHm3+cnR9rR0exNgttdNo3eQEwMSFVFhPqKdgbuy6aRRRhNm1tnyvsDaE+idooBZBPMDG"
    "nIfNtKicQKChoM6wGH7f3VcZRF4DG6Rflb5goKJHCBURydE2Mk/SHQxM9CghYOg81TxHP0"
    "2lMQCkbaqMgSCMy7xvt2KDUu+ES5FIDmmf0nOcvsSuEnrUuizwN+L1Wu5mgMgbV/2dIIDR"
    "yRNow7pqSbBquit/Lp3N5N/gFUjnwFXpDTYW+djKtuY03oIG6rfKWxjL77LUfxoYFSkik3"
    "/bJjmnvLNyUcbUlvsq6wCldcbqORZiwaQib9pZOUdoVrrJNDdwRC04At/LA4dbAW/UPj5N"
    "ZZzVFs6qaSJ5ZLutABvKNZFMXibSDgUsmuBg4MDeDfER82w5j0egrEBKABfdZXL8IKGLvU"
    "mAJ42s+SSNxjq3N6TOEDGOhsQb9iEoBelhYU3uDwJJTxoJTB3kYuG/RbCg4ToaVzqkEN/a"
    "fCnsQl2PGPPh++fzVtu2gPxwNq1K9Ty7urq9ub0e/GoN3n+5uLT+B/mM3SUbtiEpG6bqha"
    "j9GHNAA2+llgWNMNBG53oB/eGc7r0PEJ9exFnBjuqLSOXbB1CQH/+yFSylVswbNPh6+8n6"
    "evnb+fXFh4vz99b7wV9vai6dA7UStlr9+eDdZO3R4+rr0vRQTLr0e02ngncM3utmvTdhUi"
    "o1Z2Nm1c4YPEiWmUrvmksL38sT9Hc22nRRwTw/s9Fx8wlOrm0w6lc5z7FySlrtbny8yimD"
    "GfE25dlgPeX7aMZj5Z7ciVaCgxsyTm7IBO+OlWd3S9vajh3xy9I+clOC8Qn26L+3sbiuEl"
    "MdK7s85kv3fENGXapJtHEEOs4syTaGLedl/cT/XL/pI2JswyycshaEScO1OhvHatCLcIBg"
    "cJhnj9cNtKc47xQ+NLYghebvq7Q5oOz906TU6JRSYyLepQw/MnQt3avBJQ3ThBMkJk3YZF"
    "2brOs9mxX9TQqVeWRDbMjSI8PQsixNqDyd7iwDQK7ANoxwunKzMMYD6xiEcmyYSk0dSJ/G"
    "SLjBRIUTBCEOccIrGePrqnzy3YducxjBblbDoI6TgQlYaENue3pz65iOmV4VjRipX6SAyt"
    "M+VgQmrbVVAvfcZUtAWEPGNWB8AakRQQsR3FOBLTGXL8G4mNJ5AWDC5HGDvWIxFJFn5DCS"
    "9LsSxOpJt5I4u7r6nJLE2UWW1V+/nJ1f//iTEoscRMMTOn+fnmnfvrelz8m/AsqJChlZvx"
    "eWBP98c3VZ4nYWEWfBBmr76L/qjrddiSMB9YwC6vrUEyfwfftAe4BZ1ULKyqOfdrlggqyQ"
    "XBZF95oKKEfYvXD2s1d2IobwuJWeXFMx5AiNGDYQg0FFS0VxxKioqUc5NqkXJC3nosEuHR"
    "N7Kb/XEj72g4KwcEU1QgFtdzZi79evZ58vbj6dv9+DFbKb8tdgJE+oaas9mKU9mOKCrUhD"
    "702X17XClpIKXEi/C+XW5qbzkjmM5HWTfKvMfsjONAmsddMyTVJhCb92GYpZra+iLp2Jtf"
    "dArk46X7tmfCbKwYkv+rwjZC4QU6VHlCtHryTyUpOwMpVHTmMyeUwmz4HohgP1Xur4rJBa"
    "3iSEuR5vsGzTX3EfOsxk+nSZ6fN7aIBsyNHjMqGzDF3rRJ3SfD6QqKSswLZcfVZpW45Jsr"
    "qtjlkJg9+qTuorZAvyc5TBqBJwwHz8cRg3OJCc9eHy09Xgk8/xv24UHjb8U5ENuqNvMUlA"
    "Op6dJglIE9OFfLcJnxc4BxXJP2sSw/I27QQlayaMF9wIVM7zJI1hegumS3dpWnQTTUUnvx"
    "WFYXgLhtOZNGCadk9MEWncyEtbrj/KUBl4LpAtHgd+lCn5Jrx6c/VsxiBb7BF23zIIYKmY"
    "jxgBNFkrxyZ1k7VyWEexyWXYlnT03oQa5DIcW4+pnQfnyxDUFDdrhecbA6ntAvQNKCsj9D"
    "CPCdGbEP2BaIgDNdXqGOgwXaMYfYLAAFImSL8PLWaC9F0G6eeRHbIhS5NR4SNla0I16hSr"
    "L+plWmB0lrQ8rWzZYZW2Xq1jh45p3KxtRFzmTeDOdNW3bT3pWwWfjpY+EQhzAvciwgM2+p"
    "3YfnhxIgrkquBoGD6z7siy4Cb3XX9ZobWL0znL0om270Qws8QUn754aexfvezfePk27kKR"
    "IzR2UQu7CPZn8+szk0SG7W2yAML8pcaLPktnmL8B8+HaDr/gRs0zOrnwHhDAmjYjAqpTy/"
    "LeGZyqdW+OmcCLPPnz6emzZ69Onz57+frF81evXrx++lqOVW+d/+hVVaeWi4/QcyUljnwT"
    "lvWRXt8ZTtOYtLvmOyBjEzXRQHlSo4TaHrwNE2SSNIbprdoO3VOyaBEezRF2GRs9v3x/cf"
    "lxD2b9LmXACS5sZ/OgDNaEJkWsLfeJY40aZaBmyAznN+B880hPhtTE/3WL/5uMu1piPuKA"
    "nsm4Ozap18m4A9BaGYWNQJw0VYeWpENsF+4VPxZTUjGyuSGZIdPYmOl9my4z0RGP+atrg9"
    "8iddMr4+GtrjNsT6lXG+/Zh7SEpfCDdpeFF9AbU0gf7Zg/FJNhymbRtDylScEwGS0dZrRk"
    "gsgbZmEcbSetfiYXI79vH850MclDW0ke2k+WS2ZlF99Bk1n7tXNbaqa0XEkjKEyL/kEkE0"
    "uUUQQWElwtk7WJ6lOZpmd78Bc2yChpju7vA9Y/ImRTuiSN/N94vMaOl7a8NuhiqSgOFGcy"
    "6OJjlHoddNH0cTQlIpox3pSIaFQiYvo47rKPYz5FfcNi7ZJKjyNhfGZlBtwjS4vcb862n8"
    "O5zu+PjF+7RWUSPCvEZNI8rV9tlJdsPXxG+GSuGnmmSn/6CAsV37Kx51CwQhGYcwLRgjr4"
    "9tNsuQuogWwMZHPgtu5x9lntnXsT6JPTD+8Dl0rAJVhE9Yd3Htwf7jF0R5a6hsiP/0ba3k"
    "CgoVpMw7doQf0pWoBwBJuREXOWCF7a0VQ6BnsrFcWBojB1sDdp2jDeuFAvTWWQ7hY9exUH"
    "y/CvKq5vgIF1lNY1QODoI+r0lSXrzKgKQjqOXLYCybNrQqV9jXz5QzXVhfBq5UV7JTZEgk"
    "Zn6XybUnuqmC8dCETFW2k1SN8DbArwPwQ4IARzl0oRRiaGrgaFOk4t+CmNBJWi0llUt1OV"
    "EUlgz4QZndA+YpgYNexLC4OolhJcXSmBwQDUVFwmYc5keGmGU/VbZnjtJx3pwiGe9C6WVR"
    "13cmP6VQAYjUZv0mdnztk9pG9L5RTNVqPnTXU3nfZTFqYz3S1tS55iwvTM0UVz9SvgMtMz"
    "x5TuPzamm5YVexfBjPhY6aTfCwuufr65uiwWQI4wi4BReUL9VzUx3pUYEmp/FFDXp544ga"
    "/dh+YHRlULJyuHzBEBE2SFE9eEtUAnM6SmpkqfnLA8HGlA6FIxHzEIbQqN9166agqNTaGx"
    "ORT1PBQT8EVD3DRPaXDTatw0AxVtiJv+srRv1pMdJn8fxEzzi0wnzFSK4J2L6axXgJWuPu"
    "tXYaTw+2wYVhsbjTpacThT7tQ9Njg6bEJo+QRdQ7bOHKuLb+CGG+I5yGaB50Oun/wKAv+S"
    "z+Co4mTuYps48vRSh5gHoTv1QkUgaqffbVIPNdBm/QosdS9pBl0lW0F4NF7uP4h10oG04W"
    "Ctjqn8LgScgJC2ujHVx+OxxgHS+Mc0kVaSRntpKWGoCI/8AS7Bk0Ca44KQN2GiiEoQUfJT"
    "aXM2jFZZdCA8fcWm9GE70CJFaUALXczyOqAF+T6ncrYWUk9THqHUD0TKB+186drRvanr1c"
    "QrqOmmXXnklsk/OnHSdJDDbly0Td2umKnFjleC5dWuV/TeDaqxsO+T2dxXlVTxjaI+QyOy"
    "QvyKy69q0hmnRwM9UuX0mHqrjg1gSNeiTjO/JUnTYexGKqwAu8cSuRHBaEb9dgHTLO3BxA"
    "B6v6jboakvpIvPhY/usRvkEwqP3zQ1tx2Y2w4OSxaHtsNMOkqpmI8Y2TH9yI5N6gWbPdfV"
    "JTZILU7GbQzZmM6cp+0dCKt1Em75DCYbt1pc7bJxi5G30otFExTd3Sj6U0O/4iOHyLgKOB"
    "FsT5E9xd5kHTwMcSiIToHrsSqYanb/6OlPz189f/3s5fPVtaOrJ1W3jeZvFs0veDhSxBY2"
    "Tnqew90+UaWz6uUUCzH+tWjBoa7WVxHkMeHEs4lKelCCj1kBMUfkYrGFMvWd7EPT09H0dN"
    "x3aGGDzv1b70FYVPt6JGxPw34Krt5K/0GIxKjZHncHwkwyRzlP49hiLc6ukgsP0vovZmnD"
    "GGBibZXEAdOr74FYYHbh18nGXJtxIXkY30vlRGaP9/pUJhiowSHerwgGjjmbtbgSO0NmnP"
    "oW3XlYC76niEwwtnVnsaa9E7bQ0c0w/mhbumnL8+ZViwdRsKgtv01ArFQUBxoaqRMQ0zUH"
    "Vt/NZwoQdc9u7awA8YpPsEf/XXqDZOrzfpUHzBIj63q/EK9YUymIG0BvbIcVf6oWhy284j"
    "sJGlMbb1gD5dKv8IbV3w2spXi8cQhaGEty7zT2w5I0hultLFTQTHwpWeo0YnyWzjDfuAfG"
    "PTD5co9S6nXy5aTdR7jVIgUhR2hcwmqXcM2wLXiER56OkFtcO3UFsw0qyxquN48eJ73C3z"
    "JzHyREuXE0uZQjD/jUWe7V86+tpEBrOtuqwwVZEOEj1V4tusovOW3Yao6zhUo0y3vc7aYw"
    "brcGCrxf4XabitSOHZEwyqOcueYpsYXEeuTBwvcdTRo5JxMK36/0rRfMRk07HxWSm/3SYr"
    "+4ZIJdqyk6mKYyjG9VwT2fMy739sQK7zKBK8Saq6wHpjHKa+vKC8oCNujCW0Bu4A9d4I86"
    "oJeBOh+j1A3UeWxSrwV18klTjHNFYXq+bavnm+RpXgQNe71lky0OUQIPY6CrxbfrLm+DwK"
    "F+aXVH4tN+Fe6GYVyjog7Vrc1OtLOGXtVM6h6o9uTQSZaoy4cdBFUc0ATbY4gBNobUt/aR"
    "YGH2iiefSp6jkE0C0lsK2mrv+Pv+4f3Du45rj1ngI4yGgsgVJ9fyUH0XlCOgERkzTqK7Xh"
    "fQrBuqVKgpRNFG0/UrMEA5nJZEB+iktHA+SfVw5XzEuK41mIKtGYe6ajZG0tUjHD7pRxd9"
    "j5bo14hXzYrl/3x6+uzZq9Onz16+fvH81asXr5+uqubzH1WVz59dfIQK+pT9kC+pZ7YdcN"
    "7KusuQGvNOF/OujlFvKmZMxcxj4nnhIVTJ8eIDyCzymj06FSDbVL9k6QzzN2B+Mx2TpjKM"
    "bxWAlT9bNGV8msqo9+Z8d4iPqds4fpQh0yNe1KrpE7giYe927KI55v5bBE3dlwiPfXDVPS"
    "TfXQR8Cw2DdxJXiv3+Zm5ikqpVg7XsttmJm/gr3CUm/UNVRKSgiz40aTvto2foH8Hp09OX"
    "KwRkgud6O4t3ZNlQua0pNFZsav8oQE41P1OY1Qw7Yau0L4N3ml7BNMN2E1FEw3WWwxUAi6"
    "o/HVusCu+kAOJOdvA4BAQ1FUl0pDh0QkQBnlIunByhzmL6BhskFo3NoM8lSChxnuotHoHd"
    "AuGcUQ/zZaV4YsKMcNTtwvqI5yPkym7/5D+LDvOVRKRAzi4uB9d/LRbJWcHhf/bX2/PBpt"
    "GxLYdyPhGcDg3kPuw/HMiZxuNqJUzD7aORSlMWwZs4vbk4Obp6+JaDIKXmVuEx3rKT7V5D"
    "itvpSlse9FBVlc1M2RVJd42CWygWFa5LWrJaG6sdmkddCeA2bQ5BPl3073z8Vo8Tt3OP4b"
    "FjUIKENz3Vhv2i8TozuzcIVz14B9Gl3fJElBt2nWIA2wHOYGRjz2M+3F8niPxLmgkQip1K"
    "Ak13iMmuKz83DjP8WpZdp4nRC3WZEy63kXOLxV2R5ZsZUWn+jlZjLV8ObpDLNKfEVr1mF4"
    "zfnaAB4oHnQZoQzIMWUyYIGrpMJYvLPU/dodzGAs2xEMRBVMhxd8RDeFJkiOzmG0y+URfn"
    "4gb5Rnfy9zUyNqLxOp9+2poac7x0GXaa376RoTvcwIu2hTpQSdss8B4TdHgt6QJTKN7aA8"
    "93k2QS3qRcUPFc6vYnSbrz/J/uylzb8m0/M/zdasHULFl3jH1xIIyVZlCbSzxXVMbV0MXV"
    "qJPpmTRwm8o8S2tubtXHpyyQNNTXEs5Zo5YCaSqN447anvymLPYx6tUx9aiYthJ7htRoVd"
    "20qiZQ3SXzqU16BRBd9Em/Cprz1JgGiNwMUxf5TEWXw3TCE6RyPahYpxdSD1H1ZMz4hEk7"
    "20OLKVEPATxzybigqfbWZy9A4v6+urwwRnVsLJ/0/mkgusOA6H4hSwPQbdUuUeu/Nq9Xw3"
    "Vmdph8NpVaT74O1B8LSHKijpyLjZizVLA9c1XCDGiasPLYX0hNqGkAUB5Fcvc0apSXINHY"
    "XpeigqJtqbonjIhQj/uRwocYbeJWhR8EXKmAot+lqaBc7E0CeVA3c67WNDqLakidIdzyPS"
    "TesA+HL8LRoRzFyeIfEgvvTppLuqZ5zjGX//Ll67eITeRITXhi6+EJ4zCXisI4zMZh1lfM"
    "tWBIFvg2a9ZUM0Gi9SkpiOfL81Eej4vpEiwb6Egjj0NND8IWFxVs54qCw9ld7W8o6PZuAj"
    "05+mBbrq4uJWgIrH0joyljd++JS+8JX/YKELbskH4V1LYIB8MPhNG0CeoW0SyVLytVii3f"
    "I+q4JdfOUhnj0HHrjTTJoTwRDHDVgWvMCalKf9vWxCbrTQNF1K+A1KhDZnPmE89eQgvk+o"
    "hPAeF2sB8dWgZ2dsoC7JTneVU5YUzRso6wy3ITqc2Req8QulkAoiPkAUe2kE+/zYrCrEAs"
    "McWnL142MUIzZDqjoNruBdXQsoWDl6Q7HK8eEM4oNhXi0W8UqBkluAKoGbXIG/h9JG2GsK"
    "NAuH2Q+k2b+w2H5h2Gv77FEkkRGgRAZxlzYhNperaRcob0cHSBQfiKLiWva/rnKbVHH3qX"
    "DNymUOVH745m0q8CJAu58vW4QoqUT7W5on/QPzis7P8jsnlM4v+W89NNHuueFvJ87tJWp3"
    "aa0hhnuhlnmuQzfgGGEg8A8evA6xWgrpkR/SrQdbYea/Gg7oWlgIzK0SdomAgqDlVHgaEI"
    "bJsQhzjhBQQLTlUGYox89hEkr/gCGvIUQ67bmthArppDrqbQuMueJj7m7dJF0pTGmdTloD"
    "LpIo/bHkm3K4/OxoIYCmMuwV7J3k7SZSMpkvCopHp2dfU5JdCzi6zi/Prl7Pz6x5+UJOUg"
    "Ggba897VY++WrVVWpCaG+TsGlrT/G+EiZFLOMM+MqDTM7XCsdR8ObmCYR43tZpjfRQFHGy"
    "4XI6pFNvqdjYSyp4GT+SzxdjMYU1tzU/t+veSyEfbyhpoJIr1basrFyGZ95JFFuEIJtqfK"
    "P6wbG+yuuaYmugoS5ioUVfLjSi2lUtO2raLiqomooIWzhXibLaWAh1GmVUjqqNpGj3l5mX"
    "f0lUYJaq4E95bJ25UivGSQjwips2FQDdAwdVU8dPx0HQTNolTGomAzApk6nUbUzBlkzqBU"
    "43jCqT0tOn6iTypPHrwe89CRU652dGv7vqdrWDsOUrYwU99NMW+qIA4TF1at11ziTXzYGq"
    "cvXlQwNPaX5aisvxx9dBp+lgtRNuFwNPwIufvT06c1uCtHlXJXfZapywwd9yawUIKke0ho"
    "P1jccYA/f/w/ETUmJg=="
)

"""Refresh tokens form families; an audit log that nothing deletes from; work for the worker."""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        CREATE TABLE IF NOT EXISTS session_families (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            ended_at TIMESTAMPTZ,
            end_reason TEXT
        );
        CREATE INDEX IF NOT EXISTS idx_session_families_user_id ON session_families (user_id);
        ALTER TABLE sessions
            ADD COLUMN IF NOT EXISTS family_id UUID REFERENCES session_families (id) ON DELETE CASCADE,
            ADD COLUMN IF NOT EXISTS parent_id UUID UNIQUE REFERENCES sessions (id) ON DELETE SET NULL,
            ADD COLUMN IF NOT EXISTS rotated_at TIMESTAMPTZ,
            ADD COLUMN IF NOT EXISTS successor_key_id TEXT;
        CREATE INDEX IF NOT EXISTS idx_sessions_family_id ON sessions (family_id);
        CREATE TABLE IF NOT EXISTS audit_events (
            id UUID PRIMARY KEY,
            position BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
            occurred_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            actor_type TEXT NOT NULL CHECK (actor_type IN ('USER', 'ADMIN', 'SYSTEM')),
            actor_id TEXT,
            action TEXT NOT NULL,
            subject_type TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            request_id TEXT,
            detail_json JSONB NOT NULL DEFAULT '{}'::jsonb
        );
        CREATE INDEX IF NOT EXISTS idx_audit_events_subject ON audit_events (subject_type, subject_id, position);
        CREATE INDEX IF NOT EXISTS idx_audit_events_occurred_at ON audit_events (occurred_at);
        CREATE TABLE IF NOT EXISTS background_tasks (
            id UUID PRIMARY KEY,
            kind TEXT NOT NULL,
            payload_json JSONB NOT NULL DEFAULT '{}'::jsonb,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL DEFAULT 5,
            run_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            locked_until TIMESTAMPTZ,
            last_error TEXT,
            created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            finished_at TIMESTAMPTZ
        );
        CREATE INDEX IF NOT EXISTS idx_background_tasks_due ON background_tasks (run_at)
            WHERE state IN ('waiting', 'running');
        CREATE INDEX IF NOT EXISTS idx_background_tasks_kind_state ON background_tasks (kind, state);
    """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        DROP TABLE IF EXISTS background_tasks;
        DROP TABLE IF EXISTS audit_events;
        ALTER TABLE IF EXISTS sessions
            DROP COLUMN IF EXISTS successor_key_id,
            DROP COLUMN IF EXISTS rotated_at,
            DROP COLUMN IF EXISTS parent_id,
            DROP COLUMN IF EXISTS family_id;
        DROP TABLE IF EXISTS session_families;
    """


MODELS_STATE = (
    "eJztXWtz27YS/SsYfbntjOJJ/Yjd5s6dsROndZPandhpO+3cYSASklBTgAqSttXe/PcLgK"
    "TEB0iR1Iui90seJBakzoLA7tnF4p/ehDvE9Q4uJ5i6vxBBh9TGPuXszRi7LmEj0vsO/dNj"
    "eKL+UaF1H/XwdLpoqy74eOBqcaLkrIeEoGXHkrolHni+wLYvGw+x6xF5ySGeLehUNVZdnC"
    "OPPr1w6Ij6yJZPQP4Y++gRe8gjzEc+R5gh7DiCeN5rxJk7Q9T30Bh7Y0RlI58L4hyoZznc"
    "lg+jbLTebgNG/wqI5fMR8cdEyM7/+K+8TJlDnuSPjP47vbeGlLhOCl3qqA70dcufTfW1T5"
    "+u3r7TLdUrDyybu8GELVpPZ/5Ywhg3DwLqHCgZdW9EGBHYJ04CTha4bqSO+FL4xvKCLwIy"
    "f1VnccEhQxy4Sim9fw8DZitdIP0k9cfxf6JXSzSzrOubO+v28s6yejkdqlfI4B9dsjlT+q"
    "fMV0D98yXsdwGIvtpTD3jzw/nHr45efa0h4J4/Evqmhqv3RQtiH4eiGvQFynoQ5oG+I0++"
    "Gei5QAZr+apNUI4vLGBeDPUYwBii7YJ6d/nbnep54nl/uerC9S/nHzXSP53/pqGezKI7H2"
    "6uv4+bc/nFht/39ZsPNxca/gXc6muy1HdSB/KUEMDeAHbyNKXym7Cwn8f9rYTNpxNSMNxT"
    "khnwnUj0IP5Hx1Rx9dPl7d35Tz+n9PH2/O5S3TlM6SK++lU4Cy3UMe8E/Xp19wNS/0W/31"
    "xfZueqebu733vqnXDgc4vxR0uuMwlM4svxpZSaZVeEORZ+kFOUgruBvgu6AMW3WvHY98lk"
    "6ks9Bsyg8itWMLPm5DJ6puHVTWj25YbU2tNG6ovDb45Pj8+OXh2fySb6LedXTks0f3V9l5"
    "k6J/jJimDyaiCbFdsesCd7Amxo+BOnwSSVEV3D5BTZtjA3rX9usgVRuDdQc1qyg0uQXG2x"
    "cyPdx2gE7onao4+lVOvB1Gmo9bQkaL0tWjd87NHbJ7TuEWHVIy4SIutkL9o7gS8hKxQfNL"
    "w3chUKqjy077ggdMTek5kG+Eq+B2Y2MQAa8XWfom72E9LF1cVMJPDjnEBLDij52+UvJr7+"
    "9W/Ob9+cv73saYQH2L5/xMKxUlCrO/yQZ67M2+ZvTQ4n2SuY4ZEGR/0K9c4R6h+5a2RP9f"
    "V+GU8qZIuKfOiviqfEaEqExxma4Bly+Gvkj4mmMT2EBZG3h1SqD3nE7yPKJFpyCKDBTN6Y"
    "0JHQRGyeEl1rz8CKtmCi6ZewokqnZoZOTjNGfm591NxyhDtEzCVf04i3eVxnxIATbUJFg1"
    "/SMQu1yC/JmVTFFkDGlJ0vvenhcRHJvnv/kbi44CtMWFvxGr9nw6DI4vqySTvplnhe+J45"
    "Uym+VWoteWGjigbTDSNIkKEcX2Pk83vCDtBH/ughPtS2DXeVNSMeiEBj/EAQ47KjCXWlSc"
    "Mc9b+ptHuYnzeX1tgvGEstN5a0fkuCmiaTKS3TXsOp94E/qkFKntDtD+cvDk9exUM4Pbqz"
    "H0A7lngIezZSRYuW9Iphzwc5CJtYcmlJiCO0Wctgrz8Xez31bXO/odbTknvzbfd+HROmV1"
    "gvsG1pzHKhMw8n2CFrWGZbpP5KX/0cBOuezIyhhWKWxCTbyNTakubvpNLlm6JAdiuVPqb2"
    "2DAQ5D36YMhabYfJFboxNWNAKaEVHJD9WX2XuhsQU9sQnKFnXRPQlNAaB2hbuW6IUe44Rp"
    "mfUtcAasSfvZv3t5fT6VJwU6vJ6iHg7NSRV8QNI3dc/lFPDXs6XSyFPzVXpuCXb4CuP334"
    "kMG/CO652VNMwMfIL6fhm4Pe0lH/pRmvHn38xez6YnZYyrFb+kujVZMTFCfuyQnrBWWa5s"
    "aum2YRvXCflS3fCw0FnyDqH6BzPQjiBjYWItxsRWUHHvrsUeezmX7f3KOAkW+BDdIvS18A"
    "qugZUkVEItpE50m5vaGJniUFrHYmyfHr1UuWSUu1mABqbaoMUBDgMu/arVghrTfhUiSSQ5"
    "qn9HTTl9hUQo8elwZ/Ix6vxW6GUnnVQhDSzrf1LsYDpGh08kJt049rNCyKMsifSycT+bfy"
    "CqRz4Or0Bht7+djKuvoEb6EF02+ZtzCUz7L0f2oYFSkhyL9tkpxTXHnDlDG15robbaDStg"
    "b1FHveI5cTed3KGzlBGOmQaQ50RCU6Aj/IBUdYgahVXigtBc5qA2cVdh537GursvM4WUyu"
    "GQto6mBv6MDeLfERZ7bshxG1rUBqAJtq23WTJGy0w2dp/cHmDEF5ScQ9mzUKWYNUnt6WmZ"
    "V9BikVN10ZrMrpHHsJGWzDqzi08INctf7kg1UHlernRz7oNk5qzVkHUD/LfrqKFJ5O3Xhd"
    "lF0GE8JWxex80eXbqMeuoie/RCuB4IrAyQ8ygV1XMbuf2dZ67Ij3M7vjpgQXI8zo3+sYXD"
    "eJrroE16aDWkUVfZKmRnlwy6pR2uccqcZh2hqeR6ZUzXFT/fLStoaI1B/zKLSS7P0XIlRt"
    "ilABgVwI+J5SWtW2PrqkZtZNQgSybiCJCZKYdmyD9FfZ9yMiG2JFSDvGemQhTUx5bSr3qC"
    "gUg20YMSvFZmHM4FQxCGXbMDOJOiobCSPPDUZoyAXyCHGII63AR09nJaldxD558lXxFozU"
    "16ybqW0RXJmARhty3d2vORGqKFFkhX3ezzFLpKSuEfVNE1Bx7HouAFkijfKhpi6fKU4sBK"
    "4G8AZRUEEDFTxQD1veVL4EF96YTg28CpfLDWZmNZjEM3oYSPlNKWJ+ZbuauLi5+ZDSxMVV"
    "FupPP11cfvzqG60W2YiGK3T+SAiohrqzoS/IXwEVRJP81p/GHTY/3t5cF7idJuEs2UBtH/"
    "0PuXRzEZME1TMIqOtT5h2o5+2C7VFglSspq49+2uVSHWSV5PIoHlNXQTnB7StnN9/KRtQQ"
    "LrfSk6urhpwgqGEFNQArWqiKDrOikN7ZNa1XSe906ZDYM/lcy/OxHxginsXmoUl2ezZi7+"
    "dPFx+ubn+4fLsDK2Qzu0mCgVyhxo2+wazs3iTYrkUb7f7o8nOtZ0tNBa5KmAr11kDjRX2A"
    "5tum+UZJ1CqfDlIOqybSQRpYAV6bDMXMx5ep6FVi7C3J1Uln2FaMz0Q5OPG5WfeETD3EdX"
    "1fKrSjVxB5qShYmsoju4FMHsjk2ZO5YU+9lyo+q0oGrhPCXLQHLhvKFe1iDoNMn21m+vwZ"
    "GiArItotEzoL6GJObFOazzsSbQIy2Jbze6W25ZAk9yNVMStV49e6MOmc2VL5Odpg1Ak4yn"
    "z86rM6X4za5EBZrAfRK32IBW41E/b5a5P1ufb+IfGnjeslJP60xFwhTzYRU4NDUJLwsxAB"
    "yJtU5JHQjLgwFNUvxjwpA6A3AF26SGNTMfeSYjhzCQC8AeB0Io2WugWIUkJQfwjCY9Xqz7"
    "xT+d5oHuzRRuR34elV82sTPjEdltvNaApkqlRSc4dZP8hU6ZrWIVNlv5ZiyF9Yl3ba/RG2"
    "IH+ha5WANh6QL2JNU2hWCsnXJk+bBeVrSJZG5VU/EJaHsPyezBB7aqpVMdBVd7Xi8gkBIK"
    "QgML+LWQwC89sMzE8jO2RFSJOR4I7Cmpga2xSfN1WcNBidBYUpS8t0WIUFMqvYoUMaF2gb"
    "EJezkTp2VNdqW3T6WtOng5lPPIQFUUcLqQt88Cex/fDsIRTIUSHQ5/CadU9mhsNQN/0wo7"
    "WL03nK0om2771gYnljfHjyCuzfdtm/8fCtXXkiJwh2UQO7SH2f9U+gSgoB7E2yADjzmwz6"
    "rByAvwL46lQE33Ao1QUdXbElCljIZlRA21RYunehVtWKYU/5zvKvF98eHh4dnR6+PHp1dn"
    "J8enpy9vJMttVvnb91Wlad5ep7VWclpY584ZXFkl7dGU7LQNpd/S8gYxPVmYHyojAJNV14"
    "aybIJGUA9Ealhh4oeWwQHs0JbjM2enn99ur6+x2Y9ZvUQf3D1HOCkCLWFH3iWINaGagZMU"
    "B+BeTrR3oyohD/b1v8HzLuKqm5wwE9yLjrmtarZNwlefh6dHFeEmKMELLdYsg2EyVZfQNw"
    "N8vD9DPBxvx3uzyUC9HxtUTHdxPGzYxs88EKmbFfOXhbMWZ7w0iU9/cvLxk51UcdcHlTnZ"
    "eQJXmrS0Elnx1wKyuETOvTV7vgrTrkujPu14rSxe2BJmkQmgD3uWOOFLjPz1HrVdxnKE4G"
    "OdAtAx5yoFuUAw3FyTZZnCyfg7nibsSCVOaOAJ8ZmYFgZGaRh9Vh+zHs6/KhY3htlpVJYG"
    "bkZNKYVk+nz2u2Gj/j+WSqa9Slctv7CHs6m93GzKHKCkXKnPMQNWz0bN7NmsvcAWUDlM2e"
    "27pQSHCrcMPxiUCYtU8Ve0qdVCHMpD3CRe3tI2kpoKcbVJLUCBaRVmWor0BcbamQ3jlS3j"
    "miTl+bn86E6sih48hh6yEu0IhKo1gft76GSnob0Q7k40ACSbvc4H7DBJLdZDtcOdLrpf6s"
    "bMd6rk2/zL+mUetV9qlPBX9Qm8MZinursGe8fDd68y6N2RL3M9vy5CwJe87bMnP1S7xx2H"
    "MOW9+eG+iw5XPnKpgQH+s5qe7h7TnB7R/enpj2BwF1fcq8A/XYXcz8GznS/YEIKh/WhEfJ"
    "iML2rPaknMD2LKDLVBcJ+7wmMZCXBGKgnBjI+EIrEgPvZ/btorP9xHcpKZAfZG0iBRIqMN"
    "ABaQUVEwGJ31gjrI59n0ym0elvUe1jn6MBQfGqa46jV5SDwHkL5pI+BM7b46QoYow6plTG"
    "YsiTMlssjCInrAC7OxjPmzkxIhhMqN/MNM3K7o0L0nuv69irEz+HVHg+esBukKduu++WQF"
    "0WqMuyX7rYty8MHP9CNXfY8YeNZV3TuuFjz6XnxwapJciwiSEby8F62tyBsBqHO4p7gLjH"
    "2uMesCkQNgXumv5cofTL2jexmbKbOgJ7mm7QNNlaNrApBlj3BlvYarLqCdQKmPU0rkvY9a"
    "xKq2TZ2WPMRkTx5KF4yJiHJHmYpmhKpKsoBfR6C5anfgm9PhR80qAcdkYMzOQGG9R4A9xT"
    "QhDeaLx/Ywf7ZgD4zm6caS3mTWrsQ3F92IoJZCPklrWTT4Hcso7llt2IEWb078Liuqn7/T"
    "IPmCdaVvV+GUpKIcwcvecL2zYPmB/uFOOPzFyupbY0eMMtmFz6Jd5w3XMw4QjMFYwl+e3U"
    "9sOSMgB6o6Mv5cwkZhJSp+a5o2k5AB/cA3APIAPlWWq9SgaKtPuIsBoE13OC4BKWu4QLwN"
    "bgEXY80J4bXBt1BbOba4uKxcSx5htG7rj8Y3nEOekV/pLpey8pSnPouaEfnUJkiU+dRa+a"
    "f20lFVrR2b6TrjEjj8TzkS4oEFU5TXb7Wh9LI/gjItge5z3uZl2A292CCbxf4nbDHq8tOy"
    "JhlEc7c17t7EyjcDsSM9XzOpOYKciIqufr+ZYFk0G9PXkF4vC9NPheXDLCrlWXHUxLAfCN"
    "9kROp1zIb3tkhXXYrHsyqz9lLekGJq+1T14u9nxL22iNmA+DONAfbaE/qpBeQHU+R60D1d"
    "k1rVeiOsWoLsc5l9ius7wf1GYd9i2lhbwKYkatIvuZTbbYRw0s50Dng68C+blSbst54FC/"
    "cHdH4m6/jHfDql3t44iwti4P0Ef+GJYz5nLuQbIXoQq6E13i3UFqF4e8gxhHXHFjSD+1jz"
    "weZq8weVVijkKY9BFEk4J6S5t9HnB4LZip+iUcnmxOC9h9OrpiRfutE1IZzGl+J1kE3LZn"
    "IE07c+HI4cqHSLpqRIRncoXHIQxm6OcIq4p1a+SPkn+9+Pbw8Ojo9PDl0auzk+PT05Ozl2"
    "d9xRrIe/lbpyVqu7j6/uo6402rC5l8G9sOhGhknWVEwTxri3nW6pNi2qZj2PHyLDA3LkKl"
    "iJsXIBjkFavWaUK17vySlQPwVwC/3hyTlgLgGwVQ5c/26gKfloLpvckxkz6mbu34T0asHf"
    "Geva8itBJxtT6WRWWPjQQPmHOHvfuegWnJtOiXsS2DeVvLl41rMC5TSmxdEeORi/sDdI5E"
    "wJgiM1Q/6HHMPYI+u1yHtALmU/czGmMPTbHnEQdRT7a7l+4kHkklmjmWtT8BWJWWsyr38v"
    "fVWWHi9rCoNylch2cux079cnUZOVhe1rK8ZItV1XMvYoEtliN/xFSlmOwA88240uEJCoa8"
    "zEI6NymynM5dF/AvNwR4RNMefnN8enx29Op4zs7Or5SRsnkCdoKfrAagZsW2B+zJngArza"
    "AmxbvnUsBn7xOfnTRw6+o8KwsV29uTV2LQtMoCJELwWonPaSlgWWCfMsyrVebVIWXUGzdS"
    "e0YUZtW2zaotoerOiaD2uGdKhgrv9EsToRZtlhFyxYpdM+VVaLUbGa/25LRs2VYvZrgeiD"
    "AX83ozxsIMbUKkEzyX9vBcwka++jQOT05KAI1Xd9kqy6VEtw7DexlfXn5UNRCOmncQ3W9e"
    "vqyArmxViK6+ly2qw/wojbMqZ5gQ2T5duJuFshtxpy//B9fZSuc="
)

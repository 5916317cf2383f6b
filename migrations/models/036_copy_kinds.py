"""Documents say what their checked copy is, and what in the file acts; a copy of before may be a PDF as it came."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Index

RUN_IN_TRANSACTION = True

# Null says that nobody knows: no answer calls such a copy checked, and the worker makes it anew. The release before leaves
# null too, while it runs beside this one.


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE identity_documents
            ADD COLUMN IF NOT EXISTS copy_kind TEXT,
            ADD COLUMN IF NOT EXISTS findings_json JSONB NOT NULL DEFAULT '[]';
        ALTER TABLE job_application_documents
            ADD COLUMN IF NOT EXISTS copy_kind TEXT,
            ADD COLUMN IF NOT EXISTS findings_json JSONB NOT NULL DEFAULT '[]';
    """


STEPS = (
    # The worker asks every quarter of an hour; soon they are empty.
    Index(
        "idx_identity_documents_without_copy",
        "identity_documents (created_at) WHERE byte_state = 'verified' AND copy_kind IS NULL",
    ),
    Index(
        "idx_job_application_documents_without_copy",
        "job_application_documents (created_at) WHERE byte_state = 'verified' AND copy_kind IS NULL",
    ),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        SET LOCAL lock_timeout = '5s';
        ALTER TABLE IF EXISTS job_application_documents
            DROP COLUMN IF EXISTS findings_json,
            DROP COLUMN IF EXISTS copy_kind;
        ALTER TABLE IF EXISTS identity_documents
            DROP COLUMN IF EXISTS findings_json,
            DROP COLUMN IF EXISTS copy_kind;
    """


MODELS_STATE = (
    "eJztXelz28ix/1em+GU3r2jHK5+xX70qypZtxbbkkuTdJJstaAQMyVmBGAYDimaS/d9f9w"
    "AgcQsArwE1X3SA0wDYPUf3r6//9CbCYa58fDKh3P2Z+XzIbRpw4b0dU9dl3oj1XpP/9Dw6"
    "wT9qjO6THp1OV2PxQkBvXEXOkM66SxBadkypRtIbGfjUDmDwkLqSwSWHSdvnUxyMtxgQyb"
    "8/cviIB8SGJ5BgTAMyp5JI5gUkEIR6hDqOz6QkQ+ET4TEynflTIdkb+MddEB5IMqZyTDgQ"
    "BcJnzmN8tiNseDj3Rtt9zMzj/5oxKxAjFoyZDw/79Te4zD2HfQcmRP9Ob60hZ66T4j538A"
    "bquhUspurat2+n796rkfgVbixbuLOJtxo9XQRjYHM8fDbjzmOkwc9GzGM+DZiTYLc3c91I"
    "XPGl8I3hQuDP2PJVndUFhw3pzEWh9f53OPNslBVRT8Ifz/4verXEMMs6O7+yLk+uLKuXkz"
    "G+QkYe0SVbeDg/uBcgo/7zR3jfFUPU1R4+4O3HwcWPT1/8SbFAyGDkqw8Vu3p/KEIa0JBU"
    "MX3FZTVJ84y+Yt+DYkYvCTK8hldtw+X4worNq6UQMzBm0W6ZenXytyu880TKf7l44eznwY"
    "Xi9JfB3xSrJ4vok8/nZx/i4QJWdLj+z95+Pj9W7F+xG1eXheukCctTRIbtLdjOvk85rAmL"
    "Bnm+vwO2BXzCSqZ7ijLDfCcifRz/cWCiOP1ycnk1+PI1JY93g6sT/OQoJYv46o/hLrQSx/"
    "Im5JfTq48E/yX/OD87ye5Vy3FX/+jhO9FZICxPzC04dxI8iS/Hl1Jihlsxz7HoHWxRyO4W"
    "8i65hRG81oKnQcAm0wDkOPMKRH7qleysObqMnHl4dRuSfbIlsfaUEvvo6KdnL5+9evri2S"
    "sYot5yeeVlheRPz64yW+eEfrciNskGnM2S7Y6xzzvC2NAwYE6LTSpDuoHNKdJtt7w39X4Z"
    "Mw+MCxZaGWhgzGSBQXL4G5btMxRGC9mnKQ/wXIIjmDrnYFNG07IjYo9WUKXUZ1OnpdTTlE"
    "bquki9YLFHb7+SegSUNLH4EiS7s/d6SahqDyjGViy/W7awipCkct6vKFqxfkcn6RUcooG4"
    "heMU3peIoTpVESN4QzxE57hHfDGX8Sc+cxmVjNywofDZBg7cbcgKdAG/UFjlsF+CZA3sb0"
    "cyO0PBzMfMZ2kdiMpb5ihc9WaxhFmpC6P7MJzbYzKhCxAdSPZGOIsf5PryuwcxRFB2eFsI"
    "GCLH8xJ6D7OKj7xPbKHkdArvQT27aAOLQPVv0W0etGRWV1df1afzJRienN7AQmAcCxQT3w"
    "4u3w7enfSUoG6ofTunvmOlJIafiCORubIcm/9ocjTJXqEeHSkm47fAd46E955ylzkfZsCN"
    "aE5lXCbpAf0qL8lQDbVGibH3ukU+ijlsbAFsflJMGHKehPQOmfvCG+Huh3IcchgEoybcmw"
    "VMkqEvJuQapqYf6lLXRHi4X+JWSSRdSBCqyLtHtv+4DbtJ8HCDpVjPSdJSo7jfPdJiHX4W"
    "c+aTMftOPn4ZvH10+XFw9PwFnmHz2CEVMb4frlOXo3+Keo76l9oKx9HqdCv3vODEn/msCa"
    "iSJNkdoLJNrX/DmMpqrTU1sNKUB2hgddegCu3onEqyn6PvI3cc5g3Cnabo6EsPqDz6xmqo"
    "FW1bdUMCvHifC730MHGHwx8kcbkM4Cejd4yIWdBXu+Ic8TYexFoKzNciuG1T9zTO/l2s1j"
    "Wc/T7YgKFpX9cYXlEYv3MLizZe4Y2PoxThAZ5GHYX76oC8akNsE2mQoOuOR+c92jjqSBCh"
    "ETQX/i3o8OrbSDgnHqJzR0ymaKlbN4vG3p00aXfmwTcv4G44EZQKwSWZwtTgaCRj/CCZMh"
    "9OErR4Q4ViAyBW5yYGLgr4rhb8sAv8AffvDyni7kyOpds32hxu2Ih6b/CKz3CmeAJse9Am"
    "QUPHi94DnBqhCWD9Xqif/fXy/Kxsv0iRZacEtwPyX6XGb81ptFKLb2bcDbgnH+Njm2rGME"
    "cihMdnE3EHu4YU8Di/j8jrLbzB+nMCuVit4WWVuYyc8Qba+Cx2AsjtwF5Zy66/zy1x7rEr"
    "AT8265TQkvUb9iWsBZJcCMWnHDairverIBEfRtQEQtSGsdQrEI1wxJul+0YSCmcLJUP+Hf"
    "cSFvQJbE0MMT7lyyETPvKVpzsPh2z0zgYU0WCT6VeAIijT+i6UeLS+ThRtwZDkaxbyu3he"
    "Z8gMDtUm7cSEGz4QJKqBOpVRYpdHb3p6HEe07z9dMJeWrMKE/hSf8R2bBmVa1B/bdCZdMi"
    "nD98ypSvFHldqSDAfVVJhADwbjagjzaxyGjj0mF4kQMeGiNuPfoQMeHT4e2l8T7i6U1wf+"
    "m4LeU+Bd3+R9jbKkubKk5FuRwFikMqVp9FWcEtEnlx8Hj6LIkzB6Mjm71wenTIqjNtqWRk"
    "d6zRTHO5iEbTS5NGVnwOMHKWWjrz8UfT21tkXQUuppys6s7ZVjSM5sG5RZ4SsXwIQ6m8hR"
    "0Ej8tVb9kglW86yVIlrd81cwc2UGt/WjWPr8RIDP+N1GEkS3oXKFZkxD70+KSPuclZ2YGz"
    "p60w6CnaFl3ZChKaINTlBdse6upEJpOkXX9zvmt9QNMDXCz94v79fJ7fRe5qZOk/VTxLJb"
    "R14QDT3qCRizg9vFvexP7ZUp9sMbkLNvnz9XutULVL9yAD7m/P0wfHumazrr/2iHq0eLvx"
    "xdX+0O92LsllppvG5wAmLiEjasR9xTMDd13TSKKMMwSRveK8wT5MFjMlCTIB5gU98PCyty"
    "uIEk15I718Xw+/YeZRB5DXSQflX4goGKHiBUxICjbWSepOsMTPQgIWCsQtg8XytNpTEApG"
    "2ojDJXQK0oUn7L+Z6m0pjvvUFU1JkGCm9zqQyW6oPwV5qDUhnG1AMFazNZPNsQlscCTClo"
    "IqkEic5iOv1694z8+egZygT+fkH+jMnxkT9aoio3EZOicAw9BOOwO243r3ScIdNZQFeq4I"
    "cPqyd86TCaJZxcUf10zG6RjHmvyfU7Neaxw0dMBnklXg+hqWQSUA/QSGisTGZou6NOJlIY"
    "B9+uPsKwy8vT8zMLGGm9G/z9kjQpKnLAKqfB5g2WvG+8bY16WAmsLRE12T7W9TBBtm1Fuq"
    "p5WQDExfO1HH9DkTcujfKY4PHMHmGvimXdtmVnEvi6fDKB33hkg9rrqrg/m8p80MGm7mlg"
    "NA22334FjDaEZ1nqnwbqaorIJKa0iVotbz9TFEq84eYzOviYdsbqKZUSjBOnsVGWIzQz3a"
    "RgGZy+ltFE7+DA8a2Z36jHVppKYxRE29VmKu0f2morcJrkKu0nOy62c48V3aAzfrLeJQuI"
    "8Gy4j8cw3w4kQIsaPh6+98yl3mhGR420+SSNxntu75o71+gWuGbedR+jNdAlEBar+EESsK"
    "SJpNxRnp03BCc09ux0wSDV149zI0SAz59OWy3bAvLuLFqVA3F8fn51eXUx+GoN3n05PbP+"
    "hwRC3CarWhOQjVCJtOhIeHgreuYtt+VW5dOK6LtzuiecFDgnHFU8nsPbz7BSTfzNlrCUmj"
    "GvQ3/Gt7OfTy5O35+evFPujIfpyGhVFuHeBs7t0ePqntJ6bEy6NMVI50jtGLzXTXtvwqRU"
    "zOrazKodSt9JlpkSKDWnFr2DE/R3cbPupML7/FXcHDaf8OTaBKO+iu1V8Nw3p0Brd+PjFW"
    "45w6imNXk2WN3yXXTHQ+UerEQrwcE1GQcLMsG7Q+XZ7cK2NqNHfFrYB65KCH9EPf7vTUyu"
    "88SttNFyN8stTwRgna/JpzN1kwPlEPs+Ff66+/tXBXZR90Td7JCWXqMYnGyfkXKm1s8dzL"
    "UvOsA5OBZuQUxNc15FXPoY3e5AONUisqus3nPSGKqO8LIaFH4eEBwcxljTVeeqMc0DDfeN"
    "LQjL+nUZiomUvd9MmJZOYVomiqKU4QeG2KYLY7msYeh5gsSEnpsqOyaSf89qRX+dqjB+pE"
    "OsydIDw2WzLE1seTo1C0eQt0A3jLDfcrUwxpjrKIQwNgzP5w6G5FMi3dlIuagkYw5zsOO2"
    "XPaJDtj3AFMpKcHVrIZh0QyBKmChDrnp25t23zpGD1ZUveZB0QZUHkq0JDCh0q2SAqauWC"
    "BqHzKuAeMLSI0IWojgjktqySm8hPDlmE8L4BIBxw31isVQRJ6Rww3Qb0sQyyu7lcTx+fnn"
    "lCSOT7Os/vbl+OTix5+UWGAQD0/ofCN70ytnb1PfZ/+acZ8pN2TjfoyFxHp0ZcTn7QPt2U"
    "rbRVdEHuOmAsoR7l44+1krWxFDeNyCJddUDDlCI4Y1xGBQ0VJRHDAqanKcDk3qBYHwOeel"
    "y4fMXsBzLRnQYFbgSa/IcCmg3Z2O2Pv67fjz6eXHk3d70EK2k1I9u4ETatxqDWZpO5Owsh"
    "Fp6L3o8nuttEFSMxdDOkO5tZB42T2M5HWTfKtsEYz4NUHRdUN9TaBqCb+26YpZzq+ikuiJ"
    "uXdPrE46B6CmfyaKwYm7qt8yNpVEqHQ27itDr8TzUpOwMpQHbmMieUwkT0f2ho5aL3VsVk"
    "xXaOLCXI03WHbbYtYm0sdE+nQl0uf3UAFZk6OHpUJnGbraE3UK83nPojTFAt1y+Vmlbjlk"
    "yYzJOmolDn6j2tYskS2Mz1EKowrAQfXxx+u4aAZwNsCS6cvBjz/Hf10qPOz6T0U66JaeYo"
    "KAdDw7TRCQJqoL+24zf9qoCUeCxLC8TYlKYM1I+AXtF8t5nqQxTG/BdDCXxkVt/yqqQy4p"
    "DMNbMJxPQIFpWpEzRaRxcThtuf4gXWVouWC0eOz4Uark67CFz/Laxvr4aAQF1fKpGQSwVM"
    "wHjACaqJVDk7qJWunWUWxiGTYlHb0XoQaxDIdWt2zrzvkyBDXFzVru+cZAajsHfQPKSg89"
    "3se46I2LviM7REdVtToKOt6ukY8+QWAAKeOk38cuZpz0u3TSTyM9ZE2WJr3CB8rWxNaok6"
    "++qD5ugdJZUka3smSHVVrOt44eOuRxsbYb5gpvJEkgVN221U3fKPj0ZhEwSajPsNcmXhA3"
    "vzM7CJtxkhnMCp9ch9esW7bId9ze+sMKtV2ajlkGI9q+lbOJJcf06PkLo//qpf/G07dxFY"
    "ocodGLWuhFuD6bt2RNEhm2t4kCCOOXGk/6LJ1h/hrMx1YwQUGX1mM+OvXuEcCKNiMCrlMZ"
    "/N4xnqp1uxGN8EUe/eXo6OnTl0dPnr549fzZy5fPXz15BWPVW+c/ellVqeX0A9ZcSYkjX4"
    "RldaTXN4bTNCbsrvkKyOhETXagPKnZhNoevA0DZJI0humtyg7dcTZv4R7NEe7SN3py9u70"
    "7MMe1PptysBntLCczb0yWBGaELG23GeOddMoAjVDZji/Buebe3oypMb/r5v/30Tc1RLzAT"
    "v0TMTdoUm9TsQdgtZKKWwE4qSpdqhJOsx2sVf9oaiSipHNFckMmcbKTO+X8SLjHfFEsGxF"
    "/Yao7sHCDzsFT6g95l5tvGcf0pKWwg/aNaAvoDeqkD67Y4EqJKYL6xYY2QziThDpvTZpED"
    "btDqckwTcnXCZWpRiSt3DxEzxZ00U5hFeD92lehDlH2N0CzKEkI7ezclhTO5B9vIJSlBve"
    "XLdSnTYZEdDMcZ2nNNFOJnhsh8FjmXiNNQOeDrZoXT8T9pRft/cHlZk4vY3E6e0noCwzs4"
    "vbPWXmfu0wsprRY+eg2YQZCD/IZAyXOiJR7cEuTtkTsj6VqS+4B9N8jeCt5o60fXjQDsiJ"
    "ANZ/I6gpHq+xHaUtrw2QXyqKjkK6Bsh/iFKvA+SbkqkmG0szxptsLI2ysUzJ1G2WTM1ng6"
    "xZF6EkqepAGJ+ZmTPfYwuL3a3Ptr+G9zq5OzB+bReVSfCsEJNJ87R+Yl9esvXwGRmwqaqZ"
    "m8qy6xMqQ28V9RyOWihBdU4SXlByov1tNlxw10A2BrLpuK57mCWNeyfeCEtS9RWGS2ETcB"
    "mVUarvLVhZkniC3LKFrtEoh9/8uTeQ5FpNpus3ZM6DMZmjcKSYsBvhLAi+tK5hCQZ7KxVF"
    "R1GYOtgbqDbCb5wTm6YySHeL8tiKg2X4VxXX18DAdhSlNSBo6BPu9JUm60y4ckI6DkxbSe"
    "DsGnHQr0kAX1TTvRBfrTw/tkSHSNDoLJ1fxtweK+aDAaFi5zz0B6NOgfaHRAOEUd/lIMJI"
    "xdBVoVDHqYVfpZGgUlQ6i+pqrIKPGa6ZMHgaA+SuE6Ou+6BhMBVG56vuLRQVQE3FZQLmTI"
    "SXZjhVv2WE137CkU4d5oF1sagqbpUb068CwHg0ep2SVlNf3GGmBGxO0d1qlJeqLlzV/paF"
    "4Uy3C9uCU0ya8lS67Fz9CrjMlKcyVTIeGtNNdZi9i2DCAqr2pKZpOTlCPdJy8LH72Pm3km"
    "sTp1+2QCczpCZ9UZ+YsDwcaUDoUjEfMAhtcvr3niVucvpNTr85FDU9FE1Ov8npNzn9u7Az"
    "EkhhQxdFntK4KKpdFBlUdk0XxaeFfbm6WTf5e697Ij/JdHJPgAjeupRPegVuieVn/Sp3BH"
    "4/G4fVdkNEdRp93GJuVXc2Gul1oRfnMbnAwLgpVe3csG8b8/CImXkBhtXCIxj+BddQK/TZ"
    "1KU2nEE3ob7ooZdcvVCRv2KnzzZRvhrsZv0Kt8VeInp2FdeIkQjxdP9BruJ74EQPT3t4Fk"
    "FOoK6m+oAHdDjUOBYh/jJNpJWk0V5aShjKmQpfwGV0NAPLVzL2OozJUrFYSn4qQtXG0Spg"
    "FYWnr9jUftgOH0xRGnxQFwu4Dj7Ivk853K2F1NOUByj1jki5Fs6hq/Gla5+SpqZXE6ugpp"
    "l27rErAT92YqTpIIftmGjrml0xU4sNrwTLq02v6L0bJD7SIGCTaaCSFuM+2YEgN2wJrhdn"
    "OtakM0aPBvtIldFjUht3rABjZCR3mtktSZoduklhw5pRdw/zeSuMl7ObCQ/axSZkaTvjbu"
    "t9YpgRwgMJJr4vA3JH3Vk+dvfwVVPTw8f08OmWLLq2wkzkV6mYDxjZMaX/Dk3qBYs9V0Ap"
    "Vkgtnw3bKLIxnTlP2xsQVut49/I76BG7cmiB78XIW2m77ATF7vpk/9TQrvjgo2dcOZwYtc"
    "fEHlNvtHIehjgUeqfQ9FjmJjbrqn3007OXz149ffFs2Ux7eaWqh3a+X3Z+wuOR0jzW6777"
    "dHf5REUFVNm0WIjxtyVzH1PYA+VBHjKfeTZTQQ9K8DEr0OdIXCo3UBFiK+vQlE815VP37V"
    "pYo0nGxst9FqWZHwjb07Cfgqs3UuoTPTHqbg+72GcmmKOcp7FvsRZnl8GFndT+i1na0AeY"
    "mFslfsD07LvHF5id+HWiMVdqXEge+vdSMZHZ470+lXEGanCI9yucgUNfTKzmHsEMmTHqWx"
    "TCEi34niIyztjWRfyalinZQPFEw/iDrZ6oLc+bJwh3IjdYW34bh1ipKDrqGqnjENM1Blbf"
    "xWcSEHWPbt1ZAuK5P6Ie/3dps9bU5/0qC1gkRta1ftFfsaJSEDeC3tQOM/5ULo6YexhOhT"
    "V3VUH46P+4iCuMiIfPqSQwg2RRBO12H2XsbA22rX6Fna1+N9DD4vHG1GihhsFCa2zhJWkM"
    "09vovrgv+QtgqdOI8Vk6w3xjeBjDw0TiPUip14nEA6WQ+VaL4IYc4RpqXHeAnva25opfGz"
    "A1a8Y56MnXe23M3NRKmZjwFuTs2+fPG7Mxs0Vmy5omNHdLJ83NnzP3PgzRNXVTl3LkHmM9"
    "y716hruVFGhNK16VzmBzJoOwHl3UjjN527AwnS/mKoItb523u4WxujXYwPsVVrdJdd2xHR"
    "K6j5Qt1zzWtpBYjwDbNrUVtY1P99mI4/PVfuvNJjdNSyoVkpv10mK9uGxEXaspOJimMoxv"
    "lRo+nQof1vbICvsRYRvA5lvWPbcxm9fGNy/MN1ijknYBuUE/dEE/6mBeBul8iFI3SOehSb"
    "0W0umPmkKcSwpTTG5TxeSAp3kRNCwil43i6KIE7gdBl5Nv2+XjBjOHB6VpI4lP+1W4G8Vx"
    "jbJFVBk4O1EnG4tgC9h7MI3UxxK1TDUQdwimh2B1bU8QgdgYUU/tEynCOBYPrgLPScgmia"
    "EwBfW6t/y8f3r/9C7ipGYxCwgl15LBjIO5fK2ehXkO5IYNhc+ifs0YeEMx/YWbDBdtdrp+"
    "BQYIw3mJd4CPSjPyk1T3p+RHjNv1DqZga+FjwrYYEjD1mI+f9MmIw6LGovRfI141y8L/y9"
    "HR06cvj548ffHq+bOXL5+/erJMx89/VJWXf3z6AVPzU/pDPldf2PbM91tpdxlSo97pot7V"
    "UepNKo5JxXlIPC88hCo5XnwAmUles/inAmSb7i9ZOsP8NZjfbI9JUxnGt3LAwteWTRmfpj"
    "Lbe3O+Oyyg3G3sP8qQ6eEvalVNCk2RsCg8dcmU+sEbgtXiF4QOAzTVPZWuMvM3UIl4K36l"
    "2O5vZiYmqVpVbssum62YiV+xSVnc5VFBF32s/nbUJ0/JP2dHT45eLBGQEZ3qbSzeskXDzW"
    "1FofHGptaPAuRUVTWFWU2oE9Zg+zJ4q2lvpwm1m4giGq6zHM4RWFSF78R8maQHAohL5OHl"
    "EBDUVCTRkeLwEZMFeEq5cHKEOotp2YEYRWMLLKCJEkqcp3qLR1K3QDjH3KP+olI8MWFGOK"
    "pDuD7i+YCxsps/+Y+jw3wpERDI8enZ4OLvxSI5Ljj8j/9+dTJY1zu2YVfOR0bTroHch/37"
    "HTnjeFytgGlsaxptaUojeB2HNxcHR1cP37ATpFTdKjzGW5bI3atLcTPlbsudHiqpspkquy"
    "TZXQXiFhuLctclNVmtldUdqke7EsBVWh3CeLro77z/Vo8Td+cWw0PHoCQLW0jVhv2i8Toz"
    "uzcIZz1aB1E3cDgRYcGuQgxwOeAZTGzqeSLAxniSwS9QE9AVOwYCTVeIia4rPze66X4ti6"
    "7TROnFvMyRD8vIuaLytkjzzYyoVH9vlmOtAAY3iGWacmarIrZz4d8+JgPizzwPw4TwPmQ+"
    "FpKRa1eoYHFY89y9hmUsyZRKyRzCJYy7ZR6hoyJFZDtPMPFGuzgX14g3uoXv10jZiMbrfP"
    "ppq2pM6cIV1Gne1iND113Hi7aJOphJ28zxHhPssN/pnHJM3toDz7cTZBK2aC7IeC41+5Mk"
    "u7P8n2xLXdtwG6EJ/W61YGqWbHeMfd4RxoIa1KY76JLKmBq6mBp1Ij2TCm5TmWdpTUtYfW"
    "zKAkljfi3zfdGopECaSmO/o7Ynv0mLfYj76pB7XI5biT1DanZV3XZVTaC6MxFwm/UKILro"
    "k34VNOepMQ0QuQnlLgmE8i6H4YSPiYr14HIVXsg9LIoNV4bCHwnQs72wQjZcRPDMZcN8S8"
    "rN370Aift12RUxRnVsCld6vxmIrhsQ3Se2MADdRvUSNf9r83o5XGdmh8FnY9j14HUw/1hi"
    "kBN3Xsdl+xG2F64KmMGdJsw8DuawE2rqAISjCFZPo0J5CRKN9XUQFSZtw9Y9Ekwm+iiAiN"
    "BHm+jA8IPEdgsk+l6aCsql3mgGB3Uz42pFo7Oorrlzje3Dr5l33cfDl9DoUI78ZPEXiYV3"
    "C+qSrmGeU+rDXwG8fgvfRI7UuCc27p4wBnOpKIzBbAxmfcVcC4YUs8AWzYpqJki0PiUl8w"
    "I4H+F4nI8XqjkUVcehpgdhiz4FpkNB3Q4FpjdBjbJcZV0J9tz47hd2Mxbi9h1z+R3zF70C"
    "hC07pF8Ftc3DwfgFcTRvgrpFNAtly8KWYsN7RBW3YO4slDKOFbdeg0qO6YmogKsKXEOfsS"
    "g4jRwLBx4KhpZKJkXTivsxylaIxu3kqSZeToMtrF8BxnGHTaYiYJ69wOLJ9bGiAsLNoEY6"
    "FBvc2fmMgFWe51WJiDFFywzEXSaqwDlA1HuFoM8csSAJR2NBg8695iJmBWLJMT16/qKJ+p"
    "oh0xk/1XYtqFKYLUzDJF138ADERiOvVohkv1ZwaBQai3BoVFxvEPQJaBthLYJw+RD1nda3"
    "OLpmV4bfvsUUSREa7EBnGfvMZqCXtpFyhrQ7e4HBBov6pNdV/fOU2uMWvTOBNlW45UfvTi"
    "ZgdCEGRlx4PV9hTMrgWn+jv9c+6FbewAHpPCZlYMOR7SYCdk8TeTp1eatTO01plDPdlDNN"
    "IiEHYZzIR5GBCQs+7ldW6wkHWmOBT+3XwWh/GS9UvQGVBBFGsVAvDlyJwyGwyhJzIgB1in"
    "U5QjAUS/dEJQskgWeBrZrHY7fyBIO9ao69hh03m5xTKwqjbbU4pMb4nFZpUGnKA7Qsu35K"
    "7b3A/u5gQ0Ek5Q6RAj1z6F4l3FHWIhqTQw7PIsiJuEYUGGjDIVqbmoYomFCwUlEcMNyzt8"
    "CUzvgbd9NerjiGpWF/uZoRLFqyfsMBLGvZOCdhpdYLxLGnQa/AzMmMqLR0orqvlh8Ormns"
    "DFx3GaOPyVZ4jERFZOFgiUySvAVTn8yYJRrsHlVmSdwHZEzluBESnKHTWo36+GXw9tHlx8"
    "HR8xexorTKROFoiTth9eRlVXhN1aeoeUhLh1ma9gBVqI6oTLXsmnAzbRMhkSQ0QtZayGoP"
    "ap62lCHrbspSmN6JUfU+m4g7zPC8WRDMAtaodY0mmPjXKGn+5PtU+IX6YmZEpb4Yp+BbTA"
    "1uEMD8j9OvqshmpP/dsmlA6E3Y0rcqBLkmndEYddcYOxA00Pt6cfJ1cHF69mEPvDWanwHP"
    "Ngie4TdbtJL6is442nXWAuEI5nC7Nrp+irIzUu6998UEzXCPCC/yZLiq1sBIeA8z1vnfzF"
    "pmdWTzQyp6IqboNtIVcd8b+V6ax+jjoNB3W+1K6qymLO1q7uwXfGXmoWguZl6vwOzMjOhX"
    "mZ2T1VjLn3kNzE4Y/ZhcJypDXKsgqms5s23GHObA/z4jc5+rMnKx/dgnaG4GEgOniu3STd"
    "3YGK4a7EL9CsPVdIvYZWOqgPrtrNU0pbFVdVFkTc0fY7GuvMbR2VhgrgjhMuqVeY0TdNmk"
    "diA8KKken59/Tgn0+DS7cX77cnxy8eNPSpIwiAcl9kmi13ITP1GGrLt+ok2I49D8QW8Fat"
    "LBz8yXIZNyinlmRKVibodjrbtwcAPFPAqomFD/Nqr9YI+pN2JhkZjfxY1U+jRyMl/qs90d"
    "jKqtuap9t5py9cGsBJHefZFhMopJn3hsHs5QRu2xsg/rQpe7A7k02asQuqnYqJIfV+5SCi"
    "PZ9BYVu5+jqsS+mMs32Xq4eDGqiBWSOqpAvVcEV+/okWYT1HwTPHRQGesaDEMQN6xvgGiY"
    "PWb2LWYoug7Bjn+qspwUE4ZFk3Za3MCcQeYMSp5B0QFzAQKcU7foGMqMqDyJooli+eHg2s"
    "nFFMOdYJQnabi9xXH0MuCuS8QUW6DgX+rGy24otphMYHm9idseqBpR6myQjIF6jKdFUabx"
    "th9nDiHND6GE7AvPoqrNME+r856ouYsZ9DzYMvICGPg+Lan+uCLJ8L0mZLOjYI6vTExd9o"
    "acffv8WR3399j8jac/TvNff9PnJBkwn9vjohMk+qTy5KCrMfedF+VTesP7bukWUHfZR1NN"
    "2/y/zVQeagF4vB1Tv6mq2U0Po+rE7DJvFODSOHr+vIKhMfIKo7LIa/TRUfhZru5QEw5Hww"
    "+Quz89eVKDuzCqlLvqs0xufggBN3EwJEh271zYj1fnMNwIf/w/TwSm4g=="
)

"""The texts that searches look in, and the indexes of searches and of long lists, made beside writers."""

from tortoise import BaseDBAsyncClient

from service.database.steps import Backfill, Index, Required

RUN_IN_TRANSACTION = True

# Databases that 014 was applied to before this file was there have all of it, with a generated column. A generated column
# can only be added by writing the whole table anew while nobody reads it, so a trigger writes the text instead.
#
# Terms of three letters and more are found by trigrams. Shorter ones have none: they are found among all pieces of one
# and two characters (every second pair from the first character on, then from the second on). Both index the text in
# lower case; LIKE on the text itself decides. The planner is not shown the terms, so statistics of these texts would be
# made for nothing.
#
# `least(created_at)` is `created_at` under a name that only these indexes know: left the choice, the planner walks an
# index of all rows and passes over every draft.

_TEXTS = {
    "jobs": "NEW.title || ' ' || NEW.description || ' ' || coalesce(NEW.employer_json->>'name', '') || ' '"
    " || coalesce(NEW.location_json->>'displayLabel', '')",
    "feed_posts": "NEW.title || ' ' || NEW.excerpt || ' ' || NEW.author || ' ' || NEW.category",
}


async def upgrade(db: BaseDBAsyncClient) -> str:
    return "SET LOCAL lock_timeout = '5s';" + "".join(
        f"""
        CREATE OR REPLACE FUNCTION write_search_text_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.search_text := lower({text});
            RETURN NEW;
        END $$;
        ALTER TABLE {table} ADD COLUMN IF NOT EXISTS search_text TEXT;
        ALTER TABLE {table}
            ALTER COLUMN search_text DROP EXPRESSION IF EXISTS,
            ALTER COLUMN search_text SET STATISTICS 0;
        CREATE OR REPLACE TRIGGER write_search_text BEFORE INSERT OR UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION write_search_text_of_{table}();
        """
        for table, text in _TEXTS.items()
    )


_NO_DRAFTS = "WHERE lifecycle_status <> 'DRAFT'"
_POST_SHOWN = "coalesce(published_at, scheduled_publish_at) DESC, created_at DESC, id DESC"
_POST_STATE = "lifecycle_status, published_at, scheduled_publish_at"
STEPS = (
    Backfill("jobs", "search_text = ''", "search_text IS NULL"),
    Backfill("feed_posts", "search_text = ''", "search_text IS NULL"),
    Required("jobs", "search_text"),
    Required("feed_posts", "search_text"),
    Index(
        "idx_jobs_search",
        "jobs USING gin (search_text gin_trgm_ops, text_pieces(search_text),"
        " lower(location_json->>'displayLabel') gin_trgm_ops, text_pieces(lower(location_json->>'displayLabel')))",
        unsampled=(2, 3, 4),
    ),
    Index("idx_jobs_position", "jobs (created_at, id)"),
    Index(
        "idx_jobs_listed",
        "jobs (least(created_at), id)"
        " INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type, visa_sponsorship)"
        f" {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_type",
        "jobs (employment_type, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, visa_sponsorship) {_NO_DRAFTS}",
    ),
    Index(
        "idx_jobs_listed_visa",
        "jobs (visa_sponsorship, least(created_at), id)"
        f" INCLUDE (created_at, lifecycle_status, scheduled_publish_at, employment_type) {_NO_DRAFTS}",
    ),
    Index(
        "idx_feed_posts_search",
        "feed_posts USING gin (search_text gin_trgm_ops, text_pieces(search_text))",
        unsampled=(2,),
    ),
    Index("idx_feed_posts_position", "feed_posts (published_at DESC NULLS LAST, created_at DESC, id DESC)"),
    Index("idx_feed_posts_listed", f"feed_posts ({_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"),
    Index(
        "idx_feed_posts_listed_category", f"feed_posts (category, {_POST_SHOWN}) INCLUDE ({_POST_STATE}) {_NO_DRAFTS}"
    ),
    Index("idx_user_saved_jobs_job_id", "user_saved_jobs (job_id)"),
    Index("idx_user_saved_posts_post_id", "user_saved_posts (post_id)"),
)


async def downgrade(db: BaseDBAsyncClient) -> str:
    indexes = [f"DROP INDEX IF EXISTS {step.name};" for step in STEPS if isinstance(step, Index)]
    columns = [
        f"""
        DROP TRIGGER IF EXISTS write_search_text ON {table};
        DROP FUNCTION IF EXISTS write_search_text_of_{table}();
        ALTER TABLE {table} DROP COLUMN IF EXISTS search_text;
        """
        for table in _TEXTS
    ]
    return "\n".join(["SET LOCAL lock_timeout = '5s';", *indexes, *columns])


MODELS_STATE = (
    "eJztXVtz2ziy/isovexsleJKnDjJxqdOlZw4iSeOnbKdye7OTNEQCUmIKUIDUFa0s/PfFw"
    "2SEu8mqRtE4yUXCg1R3UCj++sL/uyMmUNccXA6xtT9hXA6oDb2KfPejrDrEm9IOm/Qnx0P"
    "j+EfFUZ3UQdPJsux8MDHfVeRE6Cz7mOElh1RqpG4L3yObV8OHmBXEPnIIcLmdAKDYYoeEv"
    "THE4cOqY9s+Q3IH2EfzbBAgng+8hnCHsKOw4kQx4h57hxRX6ARFiNE5SCfceIcwHc5zJZf"
    "Rr3heqedevSPKbF8NiT+iHA5+a+/y8fUc8gP+SPD/07urAElrpPgLnVgAvXc8ucT9ezr17"
    "N379VIeOW+ZTN3OvaWoydzfyTZGA2fTqlzADTw2ZB4hGOfODF2elPXDcURPQreWD7w+ZQs"
    "XtVZPnDIAE9dEErn/wZTzwZZIPVN8MeL/w9fLTbMsi4ub6zr0xvL6mRkCK+Q4n/4yGYeyJ"
    "96PjDqz7+CeZcMUU878AVvP/aufnr+8u+KBUz4Q64+VOzq/KUIsY8DUsX0JZfVIswy+ob8"
    "8PMZvSBI8Vq+ahMuRw+WbF4u9YiBEYu2y9Sb03/ewMxjIf5w4cHFL70rxenPvX8qVo/n4S"
    "fnlxcfouFM7thgf1+8Pb88Uexfsht2kwX7pA7LE0SG7Q3YTn5MqNwTFvazfH8n2ebTMSlY"
    "7gnKFPOdkPQg+kfLRHH2+fT6pvf5S0Ie73o3p/DJYUIW0dOfAi20FMdiEvTt7OYjgv+if1"
    "9enKZ11WLczb878E546jPLYzNLnjMxnkSPo0cJMcupiOdY+F6qKGB3A3kXTGEEr7Xgse+T"
    "8cSXcpx6OSI/8wo0a4YuJWcaPN2EZJ9uSKwdZaQ+OXz24tWL189fvngth6i3XDx5VSL5s4"
    "ublOoc4x9WyCZRg7Npsu0x9mhPGBsY/sRpoKRSpGtQTqFta3TT+nWTzQnwvYGYk5QtPILk"
    "aYudS+k+hitwT8QebpZSqU8nTkOpJymN1HWRes5mD98+JnVBuFUPuIiRrBO90FeBPwBWAB"
    "40uMvFKoBVWda+Z5zQofeJzBWDz+R7YM8mOQwN8bqv4TT7ydLl06Um4ni2ANDiC0r+dvmL"
    "ia9+/dve9dveu9OO4nAf23czzB0rwWr4hB2y1JPF2OxH48Nx+gn28FAxB34FvHPI9ffSoS"
    "LOhykRIlwMKRg1OaBbhpwO1FBrGBv7IFT6kc0QG/jEQ4KNSZ85cxTQO2jGmTdE1EP+iKAB"
    "lYPkqDH1pj4RaMDZGN3KNcUDpXyLmHeMPIa4nFDguUCzEctCqJv/ujVDqwA/yT1UDVhtiD"
    "o9DKnW3z+dczYjHI3ID/Txc+/tk+uPvcOjl5L3klEhaB0yvqsYbrsUMGzsOeq/2Fa+X0aA"
    "u8StitFaWPhTTuo4YnGS7TlhmzQf1uyHLfdaXUstSdlCS21/LbPAIM/YErs5+q6Ymxs4VM"
    "9LDzouR1Q8376BtsNoQrhg8jjBc+Sw40DjyXkFwlwqO3ncyGWEBPG78gCShoJciqg/lx+M"
    "6ZCrGGT2KFvrzCYgqIGNXXbEgEyrWwfRaH3tA21jUvHXzOV3/rpOkZlwYJMorIHkWgbOFE"
    "FyNSyAFIqzOHqTy+MkpH3/6Yq4uGAXxoCG6Izfs2VQBDb8tUk76Vq6acF7Zkyl6KNSa0kE"
    "gyoaTJceQZwM5PoaIZ/dEe8AXbGZAM8RbBvmgjXD78G3xPcEXPABHlN3rlxH+b+JtHtyHM"
    "d1zmuMJc2NJSXfknyePJMpSaOv4RQDVq4/9p6EoAos4eTq1gk5MRk/j8CrT2b83MtF2MSS"
    "S1KaELrOUjb2+mOx1xN7m/kNpZ6k3Ju93fk2IkFUSExtWxqzjKv4xRg7ZA3HrEbir7TrF0"
    "yw7sg8N6pejJLk0TYytbYk+RspdPmmaCqnlUIfUXuUsxDkZ/Q+p2BDD5MrcGNqpj8kiFZw"
    "QPbn9H3Q3TDpJBtiZ+BZ12RogmiNC1RXrNuk5+w4PSerUtfA1BA/e7+Yby/V6YPMTZwmq2"
    "c/pVVHVhCXHrlh8o96YthTdfEg+xO6MsF++Qbo4uv5eYr/RexemD3FAHzE+Ydh+OZM13TV"
    "/9UMVw83fzG6vtQOD2LsltpptGpyAmDiQiqsJ9RTMDd23SSKKIISY1u+V5ACR/0D1FOLIB"
    "pgY86DOmMqJxDoVlDnNh9+39xXGUReAxukW5a+YKCiRwgVEcnRJjKP0+0NTPQoIWAoypXr"
    "V9RLlklSaQwAaZsqYyAI4zLv2q1YoaIl5lLEkkOap/S005fYVEKPWpc5/ka0XovdDBB51R"
    "5I3qKIAwGMTp5Ah5qoPdGyH5H8uXQ8ln+DVyCdA1elN9hYZGMr65rTeAsaqN8yb2Egv8tS"
    "/6lhVCSITP5tk+Sc4qZTeRlTa245pQOUtjVWT7AQMyYVed2mUxlCs9JNprmBIyrBEfheHj"
    "jcmvJanfWSVMZZbeCsmqYbLdttOdhQpulGvI9qMxQwb4K9gQM718RHzLPlPB6BsgIpAZzX"
    "1rWdIGGjCp8HW+82RwjKuwHvmdYoRA0SeXpbRlb2mUmJuOnKzKqczrGXLDNleBWXFr6Xp9"
    "Z31l91UcE8P7N+u/kEZ846GPVFztNWTuHJxI3ORTnldEy8VXnWW075LpyxrdyTO9GKcXBF"
    "xskNGeNdW3l2N7et9dgRn+Z2y00JxofYo/9Zx+K6jE3VJnZtOqhV1NEnbmqUB7esGq19eg"
    "gGB2lreBGZgus28q7uKB2bE5H6dRGFBsrO7yZCpVOEygDIhQzfU0irWumjS2pm3cRITNaN"
    "SWIySUw7tkG6q9T98NCGWJGlLUM90iyNqTydOh0DhJJjG4bISrFZGCE4VQxCOTbITKIOZC"
    "NhJNzpEA0YR4IQhzjQLlgsmtz65IcPzVswgt2shkFZBAMTMNeGXPf0plexjoHTkr5G1M9T"
    "QMWx6wWByRJplA81cdkcMLGAcTUYn0NqRNBABPdUYEtM5EswLkZ0koOrMHncYC9fDHnkKT"
    "n0Jf2mBLF4sl1JnFxenickcXKWZvXXzyenVz89U2KRg2hwQme7cJtuqDtb+pz8MaWcKJDf"
    "+p5bYfPz9eVFgduZR5wGG6jto/8il24uYhKDevpT6vrUEwfwfbtAe4BZ5UJKy6ObdLlggr"
    "SQXBbGY+oKKEO4feHsZq9sRAzBcSs9ubpiyBAaMawgBoOKFoqixaioSe9sm9SrpHe6dEDs"
    "ufxeS/jYn+ZEPIvNwzza7dmInS9fT87Prj+evtuBFbKZapJpX55Qo0Z7ME27Nwm2a5GG3p"
    "suq2uFLSU1hVvWQrk1uR+pYA4jed0k3yiJGvLpTMph1UQ6kwZWwK9NhmIW6yuv6VVs7T2Q"
    "q5PMsK0YnwlzcKJ7s+4ImQjEVH9fypWjVxB5qUhYmsojpzGZPCaTZ090w556L1V8VkgGrh"
    "PCXI43WLZpV7QLHWYyfbaZ6fM9MEBW5Gi7TOg0Q5c6Uac0n/ckLALKsS0Xn5XalgMSr0eq"
    "YlbC4GPVmHSBbEF+jjIYVQIOmI8/3cL9YtQmB5KzPtwlthh8cB7961rhYbd/z7NBN/QtJg"
    "lIx7PTJAFpYrqQHzbhkxznoCT5Z0liWN6kO49kzZDxnAb7xTyP0ximN2C6dJdGeY3dSxrj"
    "LCgMwxswnI6lAVO3GVGCyPQiMqGyar1o3kPuN1oEfpQp+Sa4yWrxbMzGeRfntjOyYrJWKo"
    "m5xQigyVppm9RN1sp+HcUml2Fd0tF7E2qQy9C2rkAbD84XIagJblYKz9cGUpsF6GtQlkbo"
    "YR4Tojch+j3REHtqqlUx0GG6WjH6GIEBpEyQfhdazATptxmkn4R2yIosjUeFW8rWmGrUKV"
    "af130yx+gsaFJZ2rLDKmyWWcUOHdCoWVufuMwbwhWkqm/bctJjBZ/25z4RCHMC1wzBA9b/"
    "Tmw/uIcITeWq4Og2eGbdkXnOxaib/rJcaxcnc5alE23fienYEiN8ePTS2L962b/R8q3dhS"
    "JDaOyiBnYR7M/6t1HFiQzbm2QBBPlLtRd9ms4wfwXmww0Jfs4FVSd0eOY9IIAlbUoEVKcm"
    "050TOFUrhj3lO8u/nvzj8PD581eHT5+/fH304tWro9dPX8ux6q2zH70q69Ry9gF6riTEkW"
    "3CsjzSqzvDSRqTdld/B6RsojoaKEtqlFDTg7dmgkycxjC9Uduhe0pmDcKjGcJtxkZPL96d"
    "XXzYgVm/SRnUv1g9Q2hSxJpynzhWv1YGaorMcH4FzteP9KRITfxft/i/ybirJOYWB/RMxl"
    "3bpF4l4w5Aa2UU1gJxklRbtCQdYrtwTWdbTEnFyPqGZIpMY2Om8200T0VHPOaj6NrYY8Q8"
    "guDGdNUAfYztEfUq4z27kJawFH7QSFHm0RtTSB/tmD0U42HKetG0LKVJwTAZLVvMaEkFkV"
    "fMwmhtJ61uKhcju28fznQxyUNrSR7aTZZLamXn30GTWvuVc1sqprRcSiMoSIv+m4gnliij"
    "CCwkuFombRNVpzJNz3bgL6yQUVIf3d8FrN8iZFO6JLX832i8xo6Xtrw26GKhKPYUZzLo4m"
    "OUehV00fRxNCUimjHelIhoVCJi+jhuso9jNkV9xWLtgkqPljA+tTKn3CNzi9yvzrafg7lO"
    "71vGr82iMjGe5WIySZ5WrzbKSrYaPiN8MlGNPBOlP12EhYpv2dhzKFihCMw5gWhOHXzzad"
    "bcBdRANgay2XNbt519Vjun3hD65HSD+8ClEnAJFmH94Z0H94d7DN2Rua4h8vbfSNvpCXSr"
    "FtPtMZpRf4RmIBzBxqTPnDmCl3Y0lY7B3gpFsacoTBXsTZo2jNcu1EtSGaS7Qc9excEi/K"
    "uM6ytgYFtK6+ohcPQRdbrKknXGVAUhHUcuW4Hk2TWk0r5GvvyhmupCeLXior0CGyJGo7N0"
    "vo2oPVLMlw4EouJYWg3S9wCbAvwPAQ4IwdylUoShiaGrQaGOUwt+Si1BJah0FtXNSGVEEt"
    "gzQUYntI+4jY267UoLg6iWElxdKYHBANRUXCZhzmR4aYZTdRtmeO0mHenMIZ70LuZlHXcy"
    "Y7plABgNR6/SZ2fC2T2kb0vlFM5WoedNeTed5lPmpjPdzW1LnmLC9MzRRXN1S+Ay0zPHlO"
    "4/NqablhU7F8GY+FjppO+5BVc/X19e5AsgQ5hGwKg8of6rmhhvSgwxtd+fUtennjiAr92F"
    "5gdGlQsnLYfUEQETpIUT1YQ1QCdTpKamSp+csCwcaUDoQjG3GIQ2hcY7L101hcam0Ngcin"
    "oeijH4oiZumqU0uGk5bpqCilbETT/N7evlZPvJ3wcx0+wi0wkzlSJ462I67uRgpYvPumUY"
    "Kfw+G4ZVxkbDjlYczpQ7dY8NDg+bAFo+QFeQrTPB6uIbuOGGeA6y2dTzIddPfgWBf8lncF"
    "RxMnGxTRx5eqlDzIPQnXqhPBB1q99tUg810GbdEix1J2kG20q2gvBotNz/JpZJB9KGg7U6"
    "oPK7EHACQtrqxlQfDwYaB0ijH1NHWnEa7aWlhKEiPPIHuAQPp9IcF4S8CRJFVIKIkp9Km7"
    "NhtMqiA+HpKzalD5uBFglKA1roYpZXAS3IjwmVszWQepKyhVLfEynvtfOla0f3uq5XHa+g"
    "opt26ZEbJv/YipOmgxw246Kt6nZFTM13vGIsL3e9wveuUY2FfZ+MJ76qpIpuFPUZ6pMF4p"
    "dfflWRzjg9GuiRMqfH1Ftt2QCGdC3q1PNb4jRbjN1IhTXFblsiN2LaH1O/WcA0Tbs3MYDO"
    "J3U7NPWFdPG58NE9dqfZhML2m6bmtgNz28F+yWLfdphJRykUc4uRHdOPrG1Sz9nsma4ukU"
    "FqcTJoYshGdOY8be5AWI2TcItnMNm45eJqlo2bj7wVXiwao9jejaLPavoVHzhExlXAiWB7"
    "hOwR9obL4GGAQ0F0ClyPRcFUvftHD5+9ePXi9fOXLxbXji6elN02mr1ZNLvg4UgRa9g4yX"
    "n2d/uElc6ql1MkxOjXohmHulpfRZAHhBPPJirpQQk+YgXEHJGLxRrK1DeyD01PR9PTcdeh"
    "hRU696+9B2Fe7WtL2J6E/RRcvZb+gxCJUbM97g6EqWSOYp5GscVKnF0kF+6l9Z/P0poxwN"
    "jaKogDJlffA7HA9MKvko25NOMC8iC+l8iJTB/v1alMMFCDQ7xbEgwccDZucCV2isw49Q26"
    "87AGfE8QmWBs485idXsnrKGjm2F8a1u6acvz+lWLe1GwqC2/TUCsUBR7GhqpEhDTNQdW38"
    "1nChB1z27dWgHiJR9ij/6n8AbJxOfdMg+YxUZW9X4hXrGkUhA3gN7YDir+VC0Om3n5dxLU"
    "pjbesAbKpVviDau/a1hL0XjjEDQwluTeqe2HxWkM05tYqKCZ+Fyy1KnF+DSdYb5xD4x7YP"
    "LlHqXUq+TLSbuPcKtBCkKG0LiE5S7hkmFr8Ahbno6QWVwbdQXTDSqLGq7Xjx7HvcJfUnPv"
    "JUS5cjS5kCMP+NRp7lXzr624QCs626rDBZkR4SPVXi28yi8+bdBqjrOZSjTLetzNpjButw"
    "YKvFvidpuK1C07IkGURzlz9VNic4n1yIOF72tNGjknQwrfr/StNx3363Y+yiU3+6XBfnHJ"
    "ELtWXXQwSWUY36iCezJhXO7toRXcZQJXiNVXWQ9MY5TX2pUXlAWs0IU3h9zAH7rAH1VALw"
    "N1PkapG6izbVKvBHXyYV2Mc0Fher6tq+eb5GlWBDV7vaWTLfZRAg9joIvFt+kub72pQ/3C"
    "6o7Yp90y3A3DuFpFHapbmx1rZw29qpnUPVDtyaGTLFGXDzsIqjigCbbHEANsDKlv7SLBgu"
    "wVTz6VPEcBmwSkt+S01d7w9/3m/eZdRbXHbOojjG4FkStOruVb9V1QjoD6ZMA4Ce96nUGz"
    "bqhSoaYQRRtN1y3BAOVwWhAdoMPCwvk41cOV8yHjtq3BFGzNONRVswGSrh7h8Ek3vOi7P0"
    "dfQl7VK5b/x+Hh8+evDp8+f/n66MWrV0evny6q5rMflZXPn5x9gAr6hP2QLalntj3lvJF1"
    "lyI15p0u5l0Vo95UzJiKmcfE89xDqJTj+QeQWeQVe3QqQLaufknTGeavwPx6OiZJZRjfKA"
    "Arf7aoy/gklVHv9fnuEB9Tt3b8KEWmR7yoUdMncEWC3u3YRRPM/WMETd3nCA98cNU9JN9d"
    "TPkaGgZvJK4U+f313MQ4VaMGa+ltsxE38QvcJSb9Q1VEpKCLLjRpO+yi5+i36eHTw5cLBG"
    "SIJ3o7i3dkXlO5LSk0Vmxq/yhATjU/U5jVGDtBq7TPvbeaXsE0xnYdUYTDdZbDJQCLqj8d"
    "my0K76QAok528DgABDUVSXikOHRIRA6eUiycDKHOYvoGGyQSjc2gzyVIKHae6i0egd0c4Z"
    "xQD/N5qXgiwpRw1O3C+ojnA+TKrv/kPwkP84VEpEBOzi56V//KF8lJzuF/8q+b096q0bE1"
    "h3I+EpwMDWQ+7D4cyBlF4yolTMPto6FKUxbBmyi9OT85unz4moMgheZW7jHesJPtTkOK6+"
    "lKWxz0UFWV9UzZBcn2GgU3UCwqXBe3ZLU2VrdoHm1LADdJcwjy6cJ/Z+O3epy4W/cYHjsG"
    "JUhw01Nl2C8crzOzO71g1YN3EF7aLU9EuWGXKQawHeAMRjb2PObD/XWCyL+kmQCh2JEk0H"
    "SHmOy64nNjP8OvRdl1mhi9UJc55HIbOTdY3OVZvqkRpeZvfzHW8uXgGrlME0ps1Wt2xvjd"
    "AeohPvU8SBOCedBsxARBty5TyeJyz1P3Vm5jgSZYCOIgKuS4O+IhPMwzRDbzDSbfaBvn4g"
    "r5Rnfy99UyNsLxOp9+2poaEzx3GXbq376RotvfwIu2hTpQSVsv8B4RbPFa0hmmULy1A55v"
    "JskkuEk5p+K50O2Pk2zP83+6KXNtzbf9jPEPqwFT02TbY+zRnjBWmkFNLvFcUBlXQxdXo0"
    "qmZ9zArSvzNK25uVUfnzJH0lBfSzhntVoKJKk0jjtqe/KbstjHqFcH1KNi1EjsKVKjVXXT"
    "qppAdd9If8TY3Tvi0nvC550crC49pFsG1s2CwVAfCaMpqQHXhTTzLsLQ+hrZ8j3CwkDpPM"
    "7RgHFVGPgGBVdIUoE8VSg44ISUoXTrmtiAc5qDc9SRPhnziWfPoVNLvo3yKfggxfAM4Xpg"
    "Ch0qm7dmpfSZk8PzsqyniKJhutM2o+Icz5B6ryAcOINqYUGHHllD2G+diU9pgVhihA+PXt"
    "ax11NkBrpusBdU3X0Dwy1Otz/WeufbiHhwtI6kaSDfyHkT3Asd4PB/Eyiq5O35XSRthiDx"
    "Odg+SP2mlffQXlh9CQRd/foGSyRBaCx7nWXMiU2k6dlEyinS/dEFxnPX5mqvLaWDXzBwmw"
    "KVH747Gku/ymZjSCH0Ce8i6WIpn2p1Rf+gf7BfQcoW2TwmPrnmMJqB23e0kCcTlzY6tZOU"
    "xjjTzTjTBHb9DAwlHnTVu5rm3rWQGtEtA13Hy7EWn1a9VwGQUTn6AN3GggW3KvH5Vkxtmx"
    "CHOEGftBmnUk97KEI+uwj70tsTUDeUD7mua2IDuWoOuZp8yG2WXviYNwsDJymNM6nLQWXC"
    "wI/bHkl2VQrPxpwYCmMuwV7B3o7TpSMpkrBVUj25vDxPCPTkLK04v34+Ob366ZmSpBxEgz"
    "69We/qsTf10Sq3XBPD/C0DS9r/hXBRcAlaakSpYW4HY+HWM1H9wjOwn8P62zHmd2HA0YYe"
    "yER18kHfWV8oexo4mW3o02wGY2prbmrfL5dcOsJeXPcfI9K78l8uRjbuwjV9wQqFa/iUf1"
    "g1Nri9HgCa6Cq4c7REUcU/LtVS6lrPdasoHLaLg9jvzINWIuJ48TCsjISHYaZVQOqo6kiP"
    "eVmZb+krjRLUXAk2uBl5r+5EhmDaILh9OAiqARoWXFpqs6nrIKhpUxmLgo0JZOpsNaJmzi"
    "BzBsXPoPCAuZICnGE37xhKjSg9icKFYvFgcMXDSDWLw1LdYU8EXbWDs4FCei91XcQmROp/"
    "+JeaWB4FQbKSzcZjub2OpfqHjRQkJqmzQRAC94Dk9sva/NeZQ0jzQygm+9yzqEwZZml11o"
    "l1Q9/bvlsE7qXPyTfocY4LUo6XJCm+V4RstpRT84WwiUuO0cXX83N13D/g89de/rDMf/1d"
    "n5OkRzi1R3knSPhJ6cmBl2MeOi+Kl7RufQ53dO/QltNdGgAeb0eY1zU19zPCqHoNuMQb+r"
    "A1Do+OShgaIa9yVBp5DT86DD7LJLvU4XA4vIXcffb0aQXuylGF3FWfpSp3Awi4ToAhRrL9"
    "4MJuojrtCCP89T8TJk3v"
)

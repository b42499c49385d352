-- The two canonical tables. Times are UTC. `claimed` is false for a row that its form could not read;
-- `ignored` is the reason for which a readable record is left out. rowid - first rowid of the file + 1 is the
-- record's place in its file, so provenance costs nothing on the ordinary path.

CREATE TABLE sign_in (
    pass_id         INTEGER,
    file_id         INTEGER,
    claimed         BOOLEAN,
    ignored         VARCHAR,
    time            TIMESTAMP,
    user_key        VARCHAR,
    upn             VARCHAR,
    app_id          VARCHAR,
    resource_id     VARCHAR,
    ip              VARCHAR,
    asn             VARCHAR,
    country         VARCHAR,
    user_agent      VARCHAR,
    device_id       VARCHAR,
    error_code      INTEGER,
    request_id      VARCHAR,
    correlation_id  VARCHAR,
    session_id      VARCHAR,
    flags           TINYINT,
    latitude        VARCHAR,
    longitude       VARCHAR,
    content         UBIGINT,
    rest            VARCHAR
);

CREATE TABLE activity (
    pass_id         INTEGER NOT NULL,
    file_id         INTEGER NOT NULL,
    claimed         BOOLEAN NOT NULL,
    ignored         VARCHAR,
    time            TIMESTAMP,
    tenant_id       VARCHAR,
    operation       VARCHAR,
    workload        VARCHAR,
    result          VARCHAR,
    actor_id        VARCHAR,
    actor_upn       VARCHAR,
    actor_name      VARCHAR,
    actor_app_id    VARCHAR,
    ip              VARCHAR,
    user_agent      VARCHAR,
    app_id          VARCHAR,
    session_id      VARCHAR,
    token_id        VARCHAR,
    correlation_id  VARCHAR,
    record_id       VARCHAR,
    target_id       VARCHAR,
    target_type     VARCHAR,
    target_name     VARCHAR,
    target_upn      VARCHAR,
    detail          VARCHAR,
    content         UBIGINT NOT NULL
);

-- What only grants need, out of the JSON text that a stored sign-in keeps it in.
CREATE MACRO told_of(rest) AS json_transform(unsaid_as_null(rest), '$told');

"""In the realm of a drill that is over nothing more is told but of the drill itself."""

from __future__ import annotations

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_OVER = """
CREATE FUNCTION drill_is_over() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stopped boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I.drill WHERE realm = $1 AND status = ''stopped'')',
                 TG_TABLE_SCHEMA) INTO stopped USING NEW.realm;
  IF stopped THEN
    RAISE EXCEPTION 'drill_is_over: % of % is told in %', NEW.kind, NEW.subject, NEW.realm
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
"""
_OTHERS = "NEW.realm LIKE 'drill:%' AND NEW.subject <> NEW.realm"
"""Facts of a drill's realm that are not about the drill: of live's the function is never asked."""


def upgrade() -> None:
    """A trigger on the log, as `core.drill.check_act` says it for verbs."""
    op.execute(_OVER)
    op.execute(
        "CREATE TRIGGER drill_is_over BEFORE INSERT ON event FOR EACH ROW "
        f"WHEN ({_OTHERS}) EXECUTE FUNCTION drill_is_over()"
    )


def downgrade() -> None:
    """Without it."""
    op.execute("DROP TRIGGER drill_is_over ON event")
    op.execute("DROP FUNCTION drill_is_over()")

namespace Baton.Configuration.Expressions;

/// <summary>How long a variable lives, and whose it is (manual 2.8, "Variables").</summary>
public enum VariableScope : byte
{
    Process,
    Session,
    Transaction,
    Request,
    Response,
    Check,
}

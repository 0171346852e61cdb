namespace Baton.Configuration.Model;

/// <summary>What becomes of request headers whose names hold more than letters, digits and dashes.</summary>
public enum HeaderNamePolicy : byte
{
    Preserve,
    Delete,
    Reject,
}

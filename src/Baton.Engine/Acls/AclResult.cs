namespace Baton.Engine.Acls;

/// <summary>What a test came to; Pending: not known before more bytes have come. The order makes "and" the lower of two, "or" the
/// higher.</summary>
public enum AclResult : byte
{
    Fail,
    Pending,
    Pass,
}

// The places where an address may stand, as far as they differ in what they take.
namespace Baton.Configuration.Values;

/// <summary>What the address is for: decides whether a port, a range or an offset may or must be there.</summary>
public enum AddressUse : byte
{
    Bind,
    Server,
    Source,
    Log,
    Plain,
}

// The units of times; a number without one is in the unit its keyword says.
namespace Baton.Configuration.Values;

public enum TimeUnit : byte
{
    Microsecond,
    Millisecond,
    Second,
}

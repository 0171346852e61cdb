// Which program a scenario runs against. Every scenario whose behaviour is meant to be the same runs against Debian's
// haproxy too: a scenario that fails there is wrong itself.
namespace Baton.Conformance.Harness;

/// <summary>Neighbour: Baton as another version would be (tests/Baton.Neighbour).</summary>
public enum Product
{
    Baton,
    Haproxy,
    Neighbour,
}

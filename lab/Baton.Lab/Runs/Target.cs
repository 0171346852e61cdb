// The program under test.
namespace Baton.Lab.Runs;

internal enum Target
{
    Baton,
    Haproxy,
}

// The words for people: "baton WORD ...". The daemon's own options all begin with a dash.
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class Companions
{
    /// <summary>Runs the companion command named by the first argument; false when there is none of that name.</summary>
    public static bool TryRun(string[] args, out int status)
    {
        status = 1;
        return false;
    }
}

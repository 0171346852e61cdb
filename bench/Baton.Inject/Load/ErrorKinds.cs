// The number of kinds of error, and the names under which they are reported.
namespace Baton.Inject.Load;

public static class ErrorKinds
{
    public const int Count = 7;
    public static readonly string[] Names = ["refused", "reset_before", "reset_after", "timeout", "short", "wrong", "local"];
}

// Standard output and error as descriptors.
namespace Baton.Interop.Linux;

/// <summary>fd 1 and 2, written without System.Console (start-up time, signal handlers).</summary>
public static class StandardStreams
{
    public static void Out(string text) => Files.WriteAll(1, text);

    public static void Error(string text) => Files.WriteAll(2, text);
}

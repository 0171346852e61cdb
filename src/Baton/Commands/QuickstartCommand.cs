// "baton quickstart": the example of examples/quickstart.cfg, embedded in the binary, in the foreground.
using System.IO;
using Baton.Interop.Linux;

namespace Baton.Commands;

internal static class QuickstartCommand
{
    private const string Invitation = """

        Baton is serving an example on 127.0.0.1:8080. Try:
          curl http://127.0.0.1:8080/             red, green and blue answer in turn
          curl -i http://127.0.0.1:8080/old       a redirect
          curl http://127.0.0.1:8080/health       monitor-uri, answered by the frontend itself

        Next: save the file with "baton quickstart --print > my.cfg", change it, check it with "baton -c -f my.cfg",
        run it with "baton -f my.cfg". Each request is logged below; Ctrl+C ends it.


        """;

    public static int Run(string[] args)
    {
        using Stream resource = typeof(QuickstartCommand).Assembly.GetManifestResourceStream("quickstart.cfg")!;
        using var reader = new StreamReader(resource);
        string text = reader.ReadToEnd();
        if (args is ["--print"]) { StandardStreams.Out(text); return 0; }
        if (args.Length > 0) { StandardStreams.Error("usage: baton quickstart [--print]\n"); return 1; }
        string file = Path.Combine(Path.GetTempPath(), $"baton-quickstart-{Processes.getpid()}.cfg");
        File.WriteAllText(file, text);
        try
        {
            StandardStreams.Out(Invitation);
            string[] arguments = ["-db", "-f", file];
            return new Lifecycle.Startup(CommandLine.Parse(arguments), arguments).Run();
        }
        finally { File.Delete(file); }
    }
}

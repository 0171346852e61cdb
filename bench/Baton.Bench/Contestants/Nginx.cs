// Debian's nginx, as a proxy and as the origin behind all of them.
using System.Globalization;
using System.IO;
using System.Text;

namespace Baton.Bench.Contestants;

public sealed class Nginx(string directory) : Contestant("nginx", directory)
{
    private const string Program = "nginx",
        StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    public override string Version => Commands.Shell($"{Program} -v").Trim();

    public override bool Can(Setup setup) => !setup.Tcp || File.Exists(StreamModule);

    protected override string[] ServeCommand => [Program, "-c", ConfigFile];
    public override string CheckCommand => $"{Program} -t -q -c {ConfigFile}";

    public override void Reload(int workers) => Commands.Signal(Pid, "HUP");

    protected override string Configuration(Setup setup, int port)
    {
        var text = new StringBuilder();
        if (setup.Tcp)
            text.Append(CultureInfo.InvariantCulture, $"load_module {StreamModule};\n");
        Head(text, Directory, Name, setup.Workers);
        text.Append(setup.Tcp ? "stream {\n" : Http(Directory, Name));
        for (int b = 0; b < setup.Backends; b++)
        {
            text.Append(CultureInfo.InvariantCulture, $"upstream b{b} {{");
            for (int s = 0; s < setup.ServersEach; s++)
                text.Append(CultureInfo.InvariantCulture, $" server 127.0.0.1:{setup.OriginPort};");
            if (!setup.Tcp)
                text.Append(" keepalive 256; keepalive_requests 100000000;");
            text.Append(" }\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"server {{ listen 127.0.0.1:{port};");
        if (setup.Tcp)
            text.Append(" proxy_pass b0; }\n}\n");
        else if (setup.Marker is not null)
            text.Append(CultureInfo.InvariantCulture, $" location / {{ return 302 {setup.Marker}; }} }}\n}}\n");
        else if (setup.Rules > 0)
        {
            text.Append(" location / {\n");
            for (int i = 0; i < setup.Rules; i++)
                text.Append(CultureInfo.InvariantCulture, $"if ($http_user_agent ~* \"{Setup.Expression(i)}\") {{ set $m 1; }}\n");
            text.Append("return 200 ok; } }\n}\n");
        }
        else
            text.Append(
                CultureInfo.InvariantCulture,
                $" location / {{ proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_pass http://{(setup.Backends > 1 ? "$host" : "b0")}; }} }}\n}}\n"
            );
        return text.ToString();
    }

    private static void Head(StringBuilder text, string directory, string name, int workers) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"worker_processes {workers}; worker_rlimit_nofile 20000; daemon off; pid {directory}/{name}.pid; error_log {directory}/{name}.err;\nevents {{ worker_connections 19000; }}\n"
        );

    private static string Http(string directory, string name) =>
        $"http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 600s;\n"
        + string.Concat(
            System.Linq.Enumerable.Select((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"], t =>
                $"{t}_temp_path {directory}/{name}.{t};\n"
            )
        );

    /// <summary>The configuration of the origin: files of a directory, and a hundred bytes at /.</summary>
    public static string Origin(string directory, string files, int port)
    {
        var text = new StringBuilder();
        Head(text, directory, "origin", 1);
        text.Append(Http(directory, "origin"))
            .Append(
                CultureInfo.InvariantCulture,
                $"sendfile on; server {{ listen 127.0.0.1:{port} backlog=8192; root {files}; location = / {{ return 200 \"{new string('x', 100)}\"; }} }}\n}}\n"
            );
        return text.ToString();
    }
}

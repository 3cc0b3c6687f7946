-- Recorded by the code of commit 9f0ab995f27d41e29a2bdf1fc332d63dc6a07f4c.
BEGIN TRANSACTION;
CREATE TABLE admissions (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
CREATE TABLE application_versions (
    version_id TEXT NOT NULL PRIMARY KEY,
    version_name TEXT NOT NULL UNIQUE,
    version_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL);
INSERT INTO "application_versions" VALUES('26dbc1b5-9922-455a-9900-de64b12b58ba','2',1795978717000,1795978717000,'raygen');
CREATE TABLE approvals (
	proposal_id VARCHAR(64) NOT NULL, 
	binding VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	rule VARCHAR(64) NOT NULL, 
	given_at FLOAT NOT NULL, 
	grant_id VARCHAR(64) NOT NULL, 
	used_by VARCHAR(64), 
	used_at FLOAT, 
	PRIMARY KEY (proposal_id, binding)
);
INSERT INTO "approvals" VALUES('p_1','8d11d91f77295b0f6682414a82bc97d3808de70258b60350abbbd33b79a146d7','UAPPROVER','default',1.0,'','raygen-1',1.79597871857286524779e+09);
INSERT INTO "approvals" VALUES('p_2','d75304a9eee8c2d8cc14c1da3e83d9eb85632fd2c918e7b7fc038c0e7941f29d','UAPPROVER','default',1.0,'',NULL,NULL);
INSERT INTO "approvals" VALUES('p_3','aeba5036a0d6b548d890c4a5bd0f46fbb4271f5c589367c965edc08416c5a5ff','UAPPROVER','default',1.0,'',NULL,NULL);
CREATE TABLE artifacts (
	owner_id VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	media_type VARCHAR(128) NOT NULL, 
	content BLOB NOT NULL, 
	size INTEGER, 
	stored_as VARCHAR(255), 
	PRIMARY KEY (owner_id, name)
);
CREATE TABLE audit (
	position INTEGER NOT NULL, 
	body TEXT NOT NULL, 
	previous VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (previous)
);
INSERT INTO "audit" VALUES(1,'{"action":"asked","at":1795978717.252235,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":1,"session":"s_t_worked","task":"t_worked"}','0000000000000000000000000000000000000000000000000000000000000000','469401d4795993367948b04bd492ab1660afa66295da370b5957bbc131c84281');
INSERT INTO "audit" VALUES(2,'{"action":"asked","at":1795978717.373719,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":2,"session":"s_t_answered","task":"t_answered"}','469401d4795993367948b04bd492ab1660afa66295da370b5957bbc131c84281','0f5dc7710a8fc2b4495f3078f4f0bb892ca1aa8582ac142b3c6a3abf203bcb9d');
INSERT INTO "audit" VALUES(3,'{"action":"asked","at":1795978717.443726,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":3,"session":"s_t_asked","task":"t_asked"}','0f5dc7710a8fc2b4495f3078f4f0bb892ca1aa8582ac142b3c6a3abf203bcb9d','acf79ecd350c7f67c456d259355c3f172f1aa737e9fc1fb41c786760682cbc27');
INSERT INTO "audit" VALUES(4,'{"action":"asked","at":1795978717.51827,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":4,"session":"s_t_refused","task":"t_refused"}','acf79ecd350c7f67c456d259355c3f172f1aa737e9fc1fb41c786760682cbc27','084ba62e27b2b60204aa1ec26fd46cb838f2fc1f680e262d2e66777ae9e9a101');
INSERT INTO "audit" VALUES(5,'{"action":"asked","at":1795978717.578046,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":5,"session":"s_1","task":"t_1"}','084ba62e27b2b60204aa1ec26fd46cb838f2fc1f680e262d2e66777ae9e9a101','3b90ae56606114b535f010b10c7d0590d41dba6e942c941247fe10610f09ffec');
INSERT INTO "audit" VALUES(6,'{"action":"shown","at":1795978717.603093,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":6,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','3b90ae56606114b535f010b10c7d0590d41dba6e942c941247fe10610f09ffec','5ee15a54ae3784ab2679d366c80a1e763ab83dc4e1058eec24b9b7cc71a15eed');
INSERT INTO "audit" VALUES(7,'{"action":"approved","at":1795978717.614569,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"8d11d91f77295b0f6682414a82bc97d3808de70258b60350abbbd33b79a146d7","of":"1/1","requester":"UENGINEER","rule":"default"},"position":7,"proposal":"p_1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','5ee15a54ae3784ab2679d366c80a1e763ab83dc4e1058eec24b9b7cc71a15eed','247e23acb8772a24d35d09f53107e8fc661b987df29890c2f4fb97682b70ec65');
INSERT INTO "audit" VALUES(8,'{"action":"asked","at":1795978717.629882,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":8,"session":"s_1","task":"t_2"}','247e23acb8772a24d35d09f53107e8fc661b987df29890c2f4fb97682b70ec65','afe9cfdb14608b0674c52756b4d25670342bde14224927a9159c18b3f12c615f');
INSERT INTO "audit" VALUES(9,'{"action":"shown","at":1795978717.646479,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":9,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','afe9cfdb14608b0674c52756b4d25670342bde14224927a9159c18b3f12c615f','42f1b108f818aeb69efbb38ae994091df51df9f8a46a33fce2302bc8ed326d89');
INSERT INTO "audit" VALUES(10,'{"action":"approved","at":1795978717.662457,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"d75304a9eee8c2d8cc14c1da3e83d9eb85632fd2c918e7b7fc038c0e7941f29d","of":"1/1","requester":"UENGINEER","rule":"default"},"position":10,"proposal":"p_2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','42f1b108f818aeb69efbb38ae994091df51df9f8a46a33fce2302bc8ed326d89','f99aabfe84120e45aa6553ac934efc3f3d45f7231f96e653869e160ff44e41b3');
INSERT INTO "audit" VALUES(11,'{"action":"asked","at":1795978717.674004,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":11,"session":"s_1","task":"t_3"}','f99aabfe84120e45aa6553ac934efc3f3d45f7231f96e653869e160ff44e41b3','2471464cdb07d95fe5cae2921b6f13175e8552fe3283e594ee586f2cbc6b240c');
INSERT INTO "audit" VALUES(12,'{"action":"shown","at":1795978717.702503,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":12,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','2471464cdb07d95fe5cae2921b6f13175e8552fe3283e594ee586f2cbc6b240c','9410f280afe11b4b1278f83a4da11f4b35849335e93cee365f627febe8ac3677');
INSERT INTO "audit" VALUES(13,'{"action":"approved","at":1795978717.704949,"by":"UAPPROVER","channel":"CRAY","facts":{"binding":"aeba5036a0d6b548d890c4a5bd0f46fbb4271f5c589367c965edc08416c5a5ff","of":"1/1","requester":"UENGINEER","rule":"default"},"position":13,"proposal":"p_3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','9410f280afe11b4b1278f83a4da11f4b35849335e93cee365f627febe8ac3677','523a79c1f395cb4825b06dfb286a892368e500d1e3b4c0b0c03a30e79670c49c');
INSERT INTO "audit" VALUES(14,'{"action":"begun","at":1795978717.722663,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":14,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','523a79c1f395cb4825b06dfb286a892368e500d1e3b4c0b0c03a30e79670c49c','d29a725dc9d18d49b5ff812b1211e2a0745431a64de8a3955a85e08bdd3e32d4');
INSERT INTO "audit" VALUES(15,'{"action":"submitted","at":1795978718.591434,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":15,"proposal":"p_1","run":"raygen-1","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_1"}','d29a725dc9d18d49b5ff812b1211e2a0745431a64de8a3955a85e08bdd3e32d4','608aadf62efc41f07344082534379488e0b5f5f6dc8d0f911690e79db70f9441');
INSERT INTO "audit" VALUES(16,'{"action":"begun","at":1795978718.635069,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":16,"proposal":"p_2","run":"raygen-2","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_2"}','608aadf62efc41f07344082534379488e0b5f5f6dc8d0f911690e79db70f9441','aa0a69ba17016ef0e17d8d70232c4b2e51ebbbe12e2c0bc7c69894d0ac53890d');
INSERT INTO "audit" VALUES(17,'{"action":"begun","at":1795978718.654188,"by":"UAPPROVER","channel":"CRAY","facts":{"requester":"UENGINEER"},"position":17,"proposal":"p_3","run":"raygen-3","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_3"}','aa0a69ba17016ef0e17d8d70232c4b2e51ebbbe12e2c0bc7c69894d0ac53890d','10edebd2a57f2e572dd9443819b85986664b10d96bd72ef7434dc43216b86b3f');
INSERT INTO "audit" VALUES(18,'{"action":"asked","at":1795978718.726224,"by":"UENGINEER","channel":"CRAY","facts":{"kind":"prompt","prompt_sha256":"ba827020f0a50afae73411f7cafbcd284b26a031523542ead1309d28e7ef4348"},"position":18,"session":"s_1","task":"t_old"}','10edebd2a57f2e572dd9443819b85986664b10d96bd72ef7434dc43216b86b3f','66a7043d24dd2ea957bb64d4efdd493f4244db09fe46e275a299ecc5c060ad37');
INSERT INTO "audit" VALUES(19,'{"action":"shown","at":1795978718.734842,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":19,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','66a7043d24dd2ea957bb64d4efdd493f4244db09fe46e275a299ecc5c060ad37','383745bdc7dbc1ba936576eec64eeeac0f2ddfd6817fea2056ca5b528a065513');
INSERT INTO "audit" VALUES(20,'{"action":"expired","at":1795978718.766268,"channel":"CRAY","facts":{"requester":"UENGINEER"},"position":20,"proposal":"p_old","session":"s_1","sha256":"15b0fe358a308e13a06c51a801a7ec0965e1e3cfefffdd70c8b037cf8c6e19dc","target":"embedded","task":"t_old"}','383745bdc7dbc1ba936576eec64eeeac0f2ddfd6817fea2056ca5b528a065513','57392cdf521429a89b52b40e08344a665a4ea4b66bf6953c2863e96a7e6231f1');
CREATE TABLE audit_head (
	id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	announced INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "audit_head" VALUES(1,20,'57392cdf521429a89b52b40e08344a665a4ea4b66bf6953c2863e96a7e6231f1',NULL);
CREATE TABLE dbos_migrations (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO "dbos_migrations" VALUES(125);
CREATE TABLE in_hand (
	subject VARCHAR(255) NOT NULL, 
	life VARCHAR(32) NOT NULL, 
	deaths INTEGER NOT NULL, 
	PRIMARY KEY (subject)
);
CREATE TABLE inputs (
	session_id VARCHAR(64) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	content BLOB NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (session_id, sha256, name)
);
CREATE TABLE installations (
	team VARCHAR(64) NOT NULL, 
	installed_at FLOAT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE memberships (
	team VARCHAR(64) NOT NULL, 
	organization VARCHAR(64) NOT NULL, 
	PRIMARY KEY (team)
);
CREATE TABLE notifications (
    message_uuid TEXT NOT NULL DEFAULT (hex(randomblob(16))) PRIMARY KEY,
    destination_uuid TEXT NOT NULL,
    topic TEXT,
    message TEXT NOT NULL,
    created_at_epoch_ms INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000), "serialization" TEXT DEFAULT NULL, "consumed" BOOLEAN NOT NULL DEFAULT FALSE, consumed_by_function_id INTEGER,
    FOREIGN KEY (destination_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE oauth_states (
	state VARCHAR(64) NOT NULL, 
	expires_at FLOAT NOT NULL, 
	PRIMARY KEY (state)
);
CREATE TABLE "operation_outputs" (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    function_name TEXT NOT NULL DEFAULT '',
    output TEXT,
    error TEXT,
    child_workflow_id TEXT,
    started_at_epoch_ms INTEGER,
    completed_at_epoch_ms INTEGER,
    serialization TEXT,
    application_name TEXT DEFAULT NULL,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    PRIMARY KEY (workflow_uuid, function_id)
);
INSERT INTO "operation_outputs" VALUES('t_worked',1,'open','true',NULL,NULL,1795978717234,1795978717273,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_worked',2,'wait_for_turn','null',NULL,NULL,1795978717276,1795978717279,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_worked',3,'work','{"status":"proposed","proposal_id":"p_df35c6f83fa676bc"}',NULL,NULL,1795978717282,1795978717350,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_answered',1,'open','true',NULL,NULL,1795978717363,1795978717377,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_answered',2,'wait_for_turn','null',NULL,NULL,1795978717382,1795978717384,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_answered',3,'work','{"status":"answered","proposal_id":null}',NULL,NULL,1795978717385,1795978717408,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_asked',1,'open','true',NULL,NULL,1795978717430,1795978717459,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_asked',2,'wait_for_turn','null',NULL,NULL,1795978717466,1795978717469,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_refused',1,'open','true',NULL,NULL,1795978717506,1795978717531,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('t_refused',2,'wait_for_turn',NULL,'{"name":"BadRequest","message":"That can''t be done in this recording.","code":"raygen"}',NULL,1795978717533,1795978717534,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('run:p_1',1,'open','null',NULL,NULL,1795978717707,1795978717746,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('run:p_1',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795978717750,1795978717761,'portable_json','raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('run:p_1',3,'turn',NULL,NULL,'run:p_1:raygen-runs-per-user',1795978717770,1795978717771,NULL,'raygen',1795978717000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-user',1,'turn',NULL,NULL,'run:p_1:raygen-runs-per-target',1795978718386,1795978718389,NULL,'raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',1,'begin','true',NULL,NULL,1795978718545,1795978718557,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_1:raygen-runs-per-target',2,'submit','null',NULL,NULL,1795978718558,1795978718592,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_2',1,'open','null',NULL,NULL,1795978718607,1795978718651,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_2',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795978718657,1795978718669,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_3',1,'open','null',NULL,NULL,1795978718618,1795978718671,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_2',3,'turn',NULL,NULL,'run:p_2:raygen-runs-per-user',1795978718671,1795978718679,NULL,'raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_3',2,'places','[["raygen-runs-per-user","UENGINEER"],["raygen-runs-per-target","embedded"]]',NULL,NULL,1795978718678,1795978718684,'portable_json','raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('run:p_3',3,'turn',NULL,NULL,'run:p_3:raygen-runs-per-user',1795978718690,1795978718698,NULL,'raygen',1795978718000);
INSERT INTO "operation_outputs" VALUES('expire:p_old',1,'expire','null',NULL,NULL,1795978718752,1795978718768,'portable_json','raygen',1795978718000);
CREATE TABLE posts (
	"key" VARCHAR(128) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	ts VARCHAR(32), 
	created_at FLOAT NOT NULL, 
	last TEXT, 
	PRIMARY KEY ("key")
);
CREATE TABLE preferences (
	user VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	direct INTEGER NOT NULL, 
	model VARCHAR(255), 
	team VARCHAR(64), 
	chosen_at FLOAT, 
	PRIMARY KEY (user)
);
CREATE TABLE proposals (
	id VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	program TEXT NOT NULL, 
	policy TEXT NOT NULL, 
	validation TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	decided_by VARCHAR(64), 
	decided_at FLOAT, 
	created_at FLOAT NOT NULL, 
	spent TEXT, 
	inputs TEXT, 
	failed TEXT, 
	prompt VARCHAR(64), 
	approved_by TEXT, 
	needed INTEGER, 
	reason TEXT, 
	reminded_at FLOAT, 
	asked_by VARCHAR(64), 
	grant_id VARCHAR(64), 
	voided TEXT, 
	header TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "proposals" VALUES('p_df35c6f83fa676bc','t_worked','s_t_worked','{"title":"Add","purpose":"Adds.","code":"print(3)\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','draft',NULL,NULL,1.79597871733069562906e+09,'{"calls":3,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.03941248399860342,"models":["scripted"],"attempts":1}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_1','t_1','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_2','t_2','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_3','t_3','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','approved','UAPPROVER',1.0,1.0,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','','UAPPROVER',1,NULL,NULL,NULL,'',NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
INSERT INTO "proposals" VALUES('p_old','t_old','s_1','{"title":"Add two numbers","purpose":"Adds 1 and 2 in a Ray task.","code":"print(''Result: 3'')\n","engine":"ray"}','{"findings":[],"imports":[],"files":[],"hosts":[],"processes":[],"environment":[],"resources":{}}','{"verdict":"passed","stdout":"Result: 3\n","stderr":"","value":null,"failure":null,"detail":null,"exit_code":0,"wall":0.42,"cpu":null,"peak_memory":null,"tasks":[{"name":"add","state":"FINISHED","count":1}],"resources":{},"touched":{"files":[],"hosts":[],"processes":[],"environment":[],"refused":[],"packages":[],"more":{}},"truncated":false,"gone":{"lines":0,"size":0},"where":"","table":null,"remarks":[],"unknown":[]}',1,'embedded','UENGINEER','scripted','expired',NULL,NULL,1.79597671871943259233e+09,'{"calls":0,"input":0,"output":0,"cached":0,"written":0,"money":null,"seconds":0.0,"models":[],"attempts":0}','[]','[]','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'{"packages":[],"resources":{},"problem":"","wall":null}');
CREATE TABLE queues (
    queue_id TEXT PRIMARY KEY DEFAULT (hex(randomblob(16))),
    name TEXT NOT NULL UNIQUE,
    concurrency INTEGER,
    worker_concurrency INTEGER,
    rate_limit_max INTEGER,
    rate_limit_period_sec REAL,
    priority_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    partition_queue BOOLEAN NOT NULL DEFAULT FALSE,
    polling_interval_sec REAL NOT NULL DEFAULT 1.0,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
, "application_name" TEXT DEFAULT NULL, "partition_concurrency" INTEGER DEFAULT NULL, "partition_worker_concurrency" INTEGER DEFAULT NULL, "partition_rate_limit_max" INTEGER DEFAULT NULL, "partition_rate_limit_period_sec" REAL DEFAULT NULL);
INSERT INTO "queues" VALUES('B5A3EC143A9822CC82D48B500D7241A6','raygen-runs-per-target',NULL,NULL,NULL,NULL,1,1,0.1,1795978717000,1795978717196,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('241B9C8DAEFEA090576963D90B9A6238','raygen-runs-per-user',NULL,NULL,NULL,NULL,1,1,0.1,1795978717000,1795978717214,'raygen',1,NULL,NULL,NULL);
INSERT INTO "queues" VALUES('CF553993BA99301F57B30F8DBE242966','raygen-from-outside',NULL,NULL,NULL,NULL,1,0,1.0,1795978719000,1795978719219,'raygen',NULL,NULL,NULL,NULL);
CREATE TABLE replicas (
	name VARCHAR(255) NOT NULL, 
	beat FLOAT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE requests (
	task_id VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "requests" VALUES('t_outside','T1','{"task":{"id":"t_outside","session_id":"s_outside","kind":"prompt","prompt":"add 1 and 2","user":"UENGINEER","code":null,"base":null,"status":"queued","summary":"","created_at":1.0,"attachments":[],"target":"","unseen":false,"retry_of":""},"session":{"id":"s_outside","channel":"CRAY","thread_ts":"","owner":"UENGINEER","team":"T1"}}',1.0);
CREATE TABLE runs (
	id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	approver VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	stopped_by VARCHAR(64), 
	outcome TEXT, 
	created_at FLOAT NOT NULL, 
	turn_at FLOAT, 
	ended_at FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (proposal_id)
);
INSERT INTO "runs" VALUES('raygen-1','p_1','s_1','embedded','UAPPROVER','running',NULL,NULL,1.79597871771830821033e+09,1.7959787185558409691e+09,NULL);
INSERT INTO "runs" VALUES('raygen-2','p_2','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.79597871862467050553e+09,NULL,NULL);
INSERT INTO "runs" VALUES('raygen-3','p_3','s_1','embedded','UAPPROVER','starting',NULL,NULL,1.7959787186450090409e+09,NULL,NULL);
CREATE TABLE sessions (
	id VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	thread_ts VARCHAR(32) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	team VARCHAR(64) NOT NULL, 
	overheard VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "sessions" VALUES('s_t_worked','CRAY','t_worked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_answered','CRAY','t_answered','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_asked','CRAY','t_asked','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_t_refused','CRAY','t_refused','UENGINEER','T1',NULL);
INSERT INTO "sessions" VALUES('s_1','CRAY','100.1','UENGINEER','T1',NULL);
CREATE TABLE spendings (
	task_id VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	model VARCHAR(255) NOT NULL, 
	calls INTEGER NOT NULL, 
	input INTEGER NOT NULL, 
	output INTEGER NOT NULL, 
	cached INTEGER NOT NULL, 
	written INTEGER NOT NULL, 
	money FLOAT, 
	attempts INTEGER NOT NULL, 
	seconds FLOAT NOT NULL, 
	ended_at FLOAT NOT NULL, 
	PRIMARY KEY (task_id)
);
INSERT INTO "spendings" VALUES('t_worked','UENGINEER','CRAY','proposed','scripted',3,0,0,0,0,NULL,1,5.2829455999017227441e-02,1.79597871734413552279e+09);
INSERT INTO "spendings" VALUES('t_answered','UENGINEER','CRAY','answered','scripted',1,0,0,0,0,NULL,0,7.23404499876778572797e-03,1.79597871739730286597e+09);
CREATE TABLE streams (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    "offset" INTEGER NOT NULL, function_id INTEGER NOT NULL DEFAULT 0, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key, "offset"),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE tasks (
	position INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	prompt TEXT NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	code TEXT, 
	base VARCHAR(64), 
	status VARCHAR(16) NOT NULL, 
	summary TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	attachments TEXT, 
	target VARCHAR(64), 
	unseen INTEGER, 
	retry_of VARCHAR(64), 
	PRIMARY KEY (position), 
	UNIQUE (id)
);
INSERT INTO "tasks" VALUES(1,'t_worked','s_t_worked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(2,'t_answered','s_t_answered','prompt','add 1 and 2','UENGINEER',NULL,NULL,'working','Three.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(3,'t_asked','s_t_asked','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(4,'t_refused','s_t_refused','prompt','add 1 and 2','UENGINEER',NULL,NULL,'queued','',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(5,'t_1','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(6,'t_2','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(7,'t_3','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
INSERT INTO "tasks" VALUES(8,'t_old','s_1','prompt','add 1 and 2','UENGINEER',NULL,NULL,'proposed','Here it is.',1.0,'[]','',0,'');
CREATE TABLE thread_approvals (
	id VARCHAR(64) NOT NULL, 
	session_id VARCHAR(64) NOT NULL, 
	proposal_id VARCHAR(64) NOT NULL, 
	target VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	requester VARCHAR(64) NOT NULL, 
	fingerprint VARCHAR(80) NOT NULL, 
	exact TEXT NOT NULL, 
	created_at FLOAT NOT NULL, 
	expires_at FLOAT NOT NULL, 
	ended_by VARCHAR(64), 
	ended_at FLOAT, 
	PRIMARY KEY (id)
);
CREATE TABLE turnstile (
	id INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE votes (
	subject VARCHAR(64) NOT NULL, 
	user VARCHAR(64) NOT NULL, 
	task_id VARCHAR(64) NOT NULL, 
	helpful INTEGER NOT NULL, 
	given_at FLOAT NOT NULL, 
	PRIMARY KEY (subject, user)
);
CREATE TABLE workflow_events (
    workflow_uuid TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid) 
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_events_history (
    workflow_uuid TEXT NOT NULL,
    function_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL, "serialization" TEXT DEFAULT NULL,
    PRIMARY KEY (workflow_uuid, function_id, key),
    FOREIGN KEY (workflow_uuid) REFERENCES workflow_status(workflow_uuid)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE TABLE workflow_input (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    inputs TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
INSERT INTO "workflow_input" VALUES('t_worked','{"namedArgs":{},"positionalArgs":["t_worked"]}',1795978717000);
INSERT INTO "workflow_input" VALUES('t_answered','{"namedArgs":{},"positionalArgs":["t_answered"]}',1795978717000);
INSERT INTO "workflow_input" VALUES('t_asked','{"namedArgs":{},"positionalArgs":["t_asked"]}',1795978717000);
INSERT INTO "workflow_input" VALUES('t_refused','{"namedArgs":{},"positionalArgs":["t_refused"]}',1795978717000);
INSERT INTO "workflow_input" VALUES('run:p_1','{"namedArgs":{},"positionalArgs":["p_1"]}',1795978717000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_1",[["raygen-runs-per-target","embedded"]]]}',1795978717000);
INSERT INTO "workflow_input" VALUES('run:p_1:raygen-runs-per-target','{"namedArgs":{},"positionalArgs":["p_1",[]]}',1795978718000);
INSERT INTO "workflow_input" VALUES('run:p_2','{"namedArgs":{},"positionalArgs":["p_2"]}',1795978718000);
INSERT INTO "workflow_input" VALUES('run:p_3','{"namedArgs":{},"positionalArgs":["p_3"]}',1795978718000);
INSERT INTO "workflow_input" VALUES('run:p_2:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_2",[["raygen-runs-per-target","embedded"]]]}',1795978718000);
INSERT INTO "workflow_input" VALUES('run:p_3:raygen-runs-per-user','{"namedArgs":{},"positionalArgs":["p_3",[["raygen-runs-per-target","embedded"]]]}',1795978718000);
INSERT INTO "workflow_input" VALUES('expire:p_old','{"namedArgs":{},"positionalArgs":["p_old"]}',1795978718000);
INSERT INTO "workflow_input" VALUES('t_outside','{"namedArgs":{},"positionalArgs":["t_outside"]}',1795978719000);
CREATE TABLE workflow_output (
    workflow_uuid TEXT NOT NULL PRIMARY KEY,
    output TEXT,
    error TEXT,
    retention_timestamp INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000)
);
CREATE TABLE workflow_schedules (
    schedule_id TEXT PRIMARY KEY,
    schedule_name TEXT NOT NULL UNIQUE,
    workflow_name TEXT NOT NULL,
    workflow_class_name TEXT,
    schedule TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'ACTIVE',
    context TEXT NOT NULL
, "last_fired_at" TEXT DEFAULT NULL, "automatic_backfill" BOOLEAN NOT NULL DEFAULT FALSE, "cron_timezone" TEXT DEFAULT NULL, "queue_name" TEXT DEFAULT NULL, "application_name" TEXT DEFAULT NULL);
CREATE TABLE workflow_status (
    workflow_uuid TEXT PRIMARY KEY,
    status TEXT,
    name TEXT,
    authenticated_user TEXT,
    assumed_role TEXT,
    authenticated_roles TEXT,
    request TEXT,
    output TEXT,
    error TEXT,
    executor_id TEXT,
    created_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    updated_at INTEGER NOT NULL DEFAULT (strftime('%s','now') * 1000),
    application_version TEXT,
    application_id TEXT,
    class_name TEXT DEFAULT NULL,
    config_name TEXT DEFAULT NULL,
    recovery_attempts INTEGER DEFAULT 0,
    queue_name TEXT,
    workflow_timeout_ms INTEGER,
    workflow_deadline_epoch_ms INTEGER,
    inputs TEXT,
    started_at_epoch_ms INTEGER,
    deduplication_id TEXT,
    priority INTEGER NOT NULL DEFAULT 0
, queue_partition_key TEXT, forked_from TEXT, "owner_xid" TEXT DEFAULT NULL, "parent_workflow_id" TEXT DEFAULT NULL, "serialization" TEXT DEFAULT NULL, "delay_until_epoch_ms" BIGINT DEFAULT NULL, "was_forked_from" BOOLEAN NOT NULL DEFAULT FALSE, "rate_limited" BOOLEAN NOT NULL DEFAULT FALSE, "completed_at" BIGINT, "attributes" TEXT, "schedule_name" TEXT, "debounce_deadline_epoch_ms" BIGINT DEFAULT NULL, "is_debounced" BOOLEAN NOT NULL DEFAULT FALSE, "application_name" TEXT DEFAULT NULL, "creator_xid" TEXT DEFAULT NULL);
INSERT INTO "workflow_status" VALUES('t_worked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978717000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'e0e0258e-433f-4a2f-a44a-fe87d5adaed9',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','e0e0258e-433f-4a2f-a44a-fe87d5adaed9');
INSERT INTO "workflow_status" VALUES('t_answered','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978717000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'ce7d6067-fda9-457d-9dc8-8f3ceda4d000',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','ce7d6067-fda9-457d-9dc8-8f3ceda4d000');
INSERT INTO "workflow_status" VALUES('t_asked','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978717000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'1edacb53-e7e9-40a3-b0ed-58b470185c1b',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','1edacb53-e7e9-40a3-b0ed-58b470185c1b');
INSERT INTO "workflow_status" VALUES('t_refused','PENDING','task',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978717000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'30fe0763-8b51-443a-9ca8-4d750935f2f2',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','30fe0763-8b51-443a-9ca8-4d750935f2f2');
INSERT INTO "workflow_status" VALUES('run:p_1','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978717000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'88524917-d0a8-4ac9-a0d9-8674bc94d2ef',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','88524917-d0a8-4ac9-a0d9-8674bc94d2ef');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-user','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978717000,1795978718000,'2','','Workflows','raygen',1,'raygen-runs-per-user',NULL,NULL,NULL,1795978718000,NULL,0,'UENGINEER',NULL,'85353874-3c7a-46f6-a435-fefa0087a2a7','run:p_1','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','ef7993a7-8d46-4f8f-8f98-54c9a5d89822');
INSERT INTO "workflow_status" VALUES('run:p_1:raygen-runs-per-target','PENDING','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',1,'raygen-runs-per-target',NULL,NULL,NULL,1795978718000,NULL,0,'embedded',NULL,'848a8244-e288-4249-a2ed-d21e1f370cfd','run:p_1:raygen-runs-per-user','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','9d61d1a8-9d8d-4e31-b4b2-c84ee31e7f3b');
INSERT INTO "workflow_status" VALUES('run:p_2','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'e7c33115-589d-4397-8b63-209e64f25475',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','e7c33115-589d-4397-8b63-209e64f25475');
INSERT INTO "workflow_status" VALUES('run:p_3','PENDING','run_in_turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'eed7d88e-e27c-4523-813f-5e898a1deaa7',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','eed7d88e-e27c-4523-813f-5e898a1deaa7');
INSERT INTO "workflow_status" VALUES('run:p_2:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_2','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','1cda5471-4ef3-4e57-86b4-bc878aee93bc');
INSERT INTO "workflow_status" VALUES('run:p_3:raygen-runs-per-user','ENQUEUED','turn',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',0,'raygen-runs-per-user',NULL,NULL,NULL,NULL,NULL,0,'UENGINEER',NULL,NULL,'run:p_3','portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','d4d9822a-469a-405c-9a68-9ed19fa859bd');
INSERT INTO "workflow_status" VALUES('expire:p_old','PENDING','expire',NULL,NULL,NULL,NULL,NULL,NULL,'local',1795978718000,1795978718000,'2','','Workflows','raygen',1,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,'54ce241c-d7b4-4eef-aafe-1c838a98597f',NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','54ce241c-d7b4-4eef-aafe-1c838a98597f');
INSERT INTO "workflow_status" VALUES('t_outside','ENQUEUED','task',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1795978719000,1795978719000,'2',NULL,'Workflows','raygen',0,'raygen-from-outside',NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,'portable_json',NULL,0,0,NULL,'null',NULL,NULL,0,'raygen','302a34cd-0cf7-4214-bbce-016f951a2eee');
CREATE INDEX sessions_by_thread ON sessions (channel, thread_ts);
CREATE INDEX ix_tasks_session_id ON tasks (session_id);
CREATE INDEX ix_proposals_status ON proposals (status);
CREATE INDEX ix_proposals_session_id ON proposals (session_id);
CREATE INDEX ix_proposals_task_id ON proposals (task_id);
CREATE INDEX ix_thread_approvals_session_id ON thread_approvals (session_id);
CREATE INDEX ix_requests_created_at ON requests (created_at);
CREATE INDEX ix_admissions_at ON admissions (at);
CREATE INDEX ix_spendings_user ON spendings (user);
CREATE INDEX ix_spendings_ended_at ON spendings (ended_at);
CREATE INDEX ix_runs_session_id ON runs (session_id);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_votes_task_id ON votes (task_id);
CREATE INDEX ix_memberships_organization ON memberships (organization);
CREATE INDEX workflow_status_created_at_index ON workflow_status (created_at);
CREATE INDEX idx_workflow_topic ON notifications (destination_uuid, topic);
CREATE INDEX "idx_workflow_status_delayed" ON "workflow_status" ("delay_until_epoch_ms") WHERE status = 'DELAYED';
CREATE INDEX "idx_workflow_status_forked_from" ON "workflow_status" ("forked_from") WHERE "forked_from" IS NOT NULL;
CREATE INDEX "idx_workflow_status_parent_workflow_id" ON "workflow_status" ("parent_workflow_id") WHERE "parent_workflow_id" IS NOT NULL;
CREATE UNIQUE INDEX "uq_workflow_status_dedup_id" ON "workflow_status" ("queue_name", "deduplication_id") WHERE "deduplication_id" IS NOT NULL;
CREATE INDEX "idx_workflow_status_pending" ON "workflow_status" ("created_at") WHERE "status" = 'PENDING';
CREATE INDEX "idx_workflow_status_failed" ON "workflow_status" ("status", "created_at") WHERE "status" IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED');
CREATE INDEX "idx_workflow_status_rate_limited" ON "workflow_status" ("queue_name", "started_at_epoch_ms") WHERE "rate_limited" = TRUE;
CREATE INDEX "idx_workflow_status_completed_at" ON "workflow_status" ("completed_at") WHERE "completed_at" IS NOT NULL;
CREATE INDEX "idx_workflow_status_started_at" ON "workflow_status" ("started_at_epoch_ms") WHERE "started_at_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_workflow_status_schedule_name" ON "workflow_status" ("schedule_name") WHERE "schedule_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_owner_version"
    ON application_versions ("application_name", "version_name")
    WHERE "application_name" IS NOT NULL;
CREATE UNIQUE INDEX "uq_application_versions_unclaimed_version"
    ON application_versions ("version_name")
    WHERE "application_name" IS NULL;
CREATE INDEX idx_workflow_input_retention
    ON workflow_input (retention_timestamp);
CREATE INDEX idx_workflow_output_retention
    ON workflow_output (retention_timestamp);
CREATE INDEX idx_operation_outputs_retention
    ON operation_outputs (retention_timestamp);
CREATE INDEX "idx_workflow_status_in_flight_v2" ON "workflow_status" ("queue_name", "status", "priority", "created_at", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING');
CREATE INDEX "idx_workflow_status_partition_dequeue_v3" ON "workflow_status" ("queue_name", "status", "queue_partition_key", "priority", "created_at", "workflow_uuid", "application_name") WHERE "status" IN ('ENQUEUED', 'PENDING') AND "queue_partition_key" IS NOT NULL;
CREATE INDEX "idx_operation_outputs_completed_at_function_name_v2" ON "operation_outputs" ("completed_at_epoch_ms", "function_name", "application_name");
CREATE INDEX "idx_workflow_status_deadline" ON "workflow_status" ("workflow_deadline_epoch_ms") WHERE "status" IN ('ENQUEUED', 'PENDING', 'DELAYED') AND "workflow_deadline_epoch_ms" IS NOT NULL;
CREATE INDEX "idx_application_versions_timestamp" ON "application_versions" ("version_timestamp" DESC);
CREATE INDEX "idx_application_versions_owner_timestamp" ON "application_versions" ("application_name", "version_timestamp" DESC);
COMMIT;
